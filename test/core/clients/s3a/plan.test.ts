/**
 * The plan of one file, where a case in a folder would not show it: roles, sizes, and what a refusal says.
 */

import { describe, expect, it } from 'vitest';
import { plan } from '../../../../src/core/clients/s3a/plan.ts';
import type { DesiredFile } from '../../../../src/core/plan/plan.ts';
import { maxBytes } from '../../../../src/core/plan/size.ts';
import { planChecked } from '../../invariants.ts';

const desired: DesiredFile = {
  source: 'KmsKeyAssignment/finance',
  algorithm: 'SSE-KMS',
  key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  buckets: [],
  strict: false,
};
const encryptionProperty = '<property name="fs.s3a.encryption.key" value="x"/>';

function resultOf(text: string, wanted = desired): string {
  const planned = planChecked(text, wanted, 'core');
  if (planned.kind !== 'change') throw new Error(`it is ${planned.kind}`);
  return planned.result;
}

describe('a plan', () => {
  it('is edits: one insertion, and a cut for each run of encryption properties', () => {
    const text = `<configuration>\n  ${encryptionProperty}\n  <property name="a"/>\n  ${encryptionProperty}\n</configuration>\n`;
    const planned = plan(text, desired, 'core');
    expect(planned.kind === 'change' && planned.edits.map(({ offset, length }) => [offset, length])).toEqual([
      [16, 0],
      [16, encryptionProperty.length + 3],
      [16 + encryptionProperty.length + 3 + 23, encryptionProperty.length + 3],
    ]);
  });

  it('of a file beside core-site.xml is nothing where the file says nothing about encryption', () => {
    expect(planChecked('<configuration><property name="a" value="b"/></configuration>', desired, 'other')).toEqual({
      kind: 'unchanged',
      notes: [],
      holdsBlock: false,
    });
  });

  it('of a file beside core-site.xml that says something is the same as of core-site.xml', () => {
    const text = `<configuration>${encryptionProperty}</configuration>`;
    expect(planChecked(text, desired, 'other')).toEqual(planChecked(text, desired, 'core'));
  });

  it('escapes what XML needs escaped, wherever it comes from', () => {
    const source = 'KmsKeyAssignment/a&b<c>';
    expect(resultOf('<configuration/>', { ...desired, source })).toContain(
      '<source>KmsKeyAssignment/a&amp;b&lt;c&gt;</source>',
    );
  });

  it('keeps a carriage return by reference from becoming a line end', () => {
    const text = '<configuration>\r<property name="a" value="&#13;&#10;"/>\r</configuration>';
    expect(resultOf(text)).toContain('<property name="a" value="&#13;&#10;"/>');
  });
});

describe('a file of many encryption properties', () => {
  it('loses all of them, one note each', () => {
    const text = `<configuration>\n${`  ${encryptionProperty}<!-- x -->\n`.repeat(500)}</configuration>\n`;
    const planned = planChecked(text, desired, 'core');
    expect(planned.kind === 'change' && [planned.edits.length, planned.notes.length]).toEqual([501, 500]);
  });
});

describe('the size of the result', () => {
  const fill = (bytes: number, character = 'x') => `<configuration><!--${character.repeat(bytes)}--></configuration>`;
  const grown = resultOf(fill(0)).length;

  it('may be 1 MiB, and no more', () => {
    expect(plan(fill(maxBytes - grown), desired, 'core').kind).toBe('change');
    expect(plan(fill(maxBytes - grown + 1), desired, 'core')).toMatchObject({ reason: 'TooLarge', line: 1, column: 1 });
  });

  it('is counted in bytes', () => {
    const characters = Math.floor((maxBytes - grown) / 3);
    expect(plan(fill(characters, '€'), desired, 'core').kind).toBe('change');
    expect(plan(fill(characters + 1, '€'), desired, 'core')).toMatchObject({ reason: 'TooLarge' });
  });
});

describe('a refusal', () => {
  it('stands before everything else where the file cannot be read', () => {
    const text = '<foo><fallback/><property name="fs.s3a.encryption.algorithm" value="SSE-C"/>';
    expect(plan(text, desired, 'core')).toMatchObject({ reason: 'Malformed', line: 1, column: 1 });
  });

  it('says in one line what is wrong and what to do', () => {
    const texts = [
      '',
      '<configuration>\n<a b="x\ny" b="z"/></configuration>',
      '<foo/>',
      '<configuration><property name="fs.s3a.encryption.algorithm" value="SSE-C"/></configuration>',
      '<configuration><property><name>a</name><property name="fs.s3a.encryption.key"/><name>b</name></property></configuration>',
    ];
    for (const text of texts) {
      const planned = planChecked(text, desired, 'core');
      expect(planned.kind === 'refused' && planned.message).toMatch(/^[^\n\r]{20,400}$/);
    }
  });
});
