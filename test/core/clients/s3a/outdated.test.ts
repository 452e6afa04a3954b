/**
 * Which files hold what an assignment once set: those of immutable ConfigMaps that nobody has to make anew.
 */

import { describe, expect, it } from 'vitest';
import type { BucketRule } from '../../../../src/core/assignment/resolve.ts';
import { plan } from '../../../../src/core/clients/s3a/plan.ts';
import type { DesiredFile } from '../../../../src/core/plan/plan.ts';

const arn = (last: number) => `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
const plain =
  '<configuration>\n  <property><name>fs.defaultFS</name><value>s3a://w</value></property>\n</configuration>\n';

function desired(rest: Partial<DesiredFile> = {}): DesiredFile {
  const base = { source: 'KmsKeyAssignment/finance', algorithm: 'SSE-KMS', key: { arn: arn(1) } } as const;
  return { ...base, encryptionContext: null, buckets: [], strict: false, ...rest };
}

/** The file as the webhook makes it. */
function made(rest: Partial<DesiredFile> = {}, text = plain): string {
  const planned = plan(text, desired(rest), 'core');
  if (planned.kind !== 'change') throw new Error(planned.kind);
  return planned.result;
}

function isOutdated(text: string, rest: Partial<DesiredFile> = {}): boolean {
  const planned = plan(text, desired({ key: { arn: arn(2) }, ...rest }), 'core');
  if (planned.kind !== 'change') throw new Error(planned.kind);
  return planned.outdated;
}

const bucket = (name: string): BucketRule => ({ name, key: { arn: arn(3) } });
const drop: BucketRule = { name: 'drop', unmanaged: true };

describe('a file is outdated that was made', () => {
  it.each<[string, Partial<DesiredFile>]>([
    ['with another key', {}],
    ["with the account's default key", { key: { accountDefault: true } }],
    ['with another algorithm', { algorithm: 'DSSE-KMS' }],
    ['for another assignment', { source: 'KmsKeyAssignment/hr', key: { arn: arn(2) } }],
    ['with a bucket that has no key of its own any more', { buckets: [bucket('ledger')] }],
    ['with an encryption context', { encryptionContext: { team: 'finance' } }],
  ])('%s', (_, earlier) => expect(isOutdated(made(earlier))).toBe(true));

  it('before a bucket got a key, and before there was a context', () => {
    expect(isOutdated(made(), { buckets: [bucket('ledger')] })).toBe(true);
    expect(isOutdated(made(), { encryptionContext: { team: 'finance' } })).toBe(true);
  });

  it("with an unmanaged bucket's own settings, as long as the bucket stays that", () => {
    const own = plain.replace(
      '</configuration>',
      '<property><name>fs.s3a.bucket.drop.encryption.algorithm</name><value>AES256</value></property></configuration>',
    );
    const text = made({ buckets: [drop] }, own);
    expect(isOutdated(text, { buckets: [drop] })).toBe(true);
    expect(isOutdated(text)).toBe(false);
  });

  it('and was written again by Hadoop or by hand, in other lines and with a second source', () => {
    const text = made().replaceAll('</source>', '</source><source>core-site.xml</source>');
    expect(isOutdated(text.replaceAll('\n', '\r\n      '))).toBe(true);
  });
});

describe('a file is not outdated', () => {
  const block = made();

  it.each([
    ['that never had a block', plain],
    ['whose block has another source', block.replaceAll('KmsKeyAssignment/', 'KMS/')],
    ['one of whose properties has none', block.replace('<source>KmsKeyAssignment/finance</source>', '')],
    ['one of whose properties is not final', block.replace('<final>true</final>', '<final>false</final>')],
    ['whose algorithm does not encrypt with KMS', block.replaceAll('<value>SSE-KMS</value>', '<value>AES256</value>')],
    ['whose names say different things', block.replace(arn(1), arn(4))],
    ['that lacks a name', block.replace('fs.s3a.encryption.key', 'fs.s3a.encryption.kay')],
    [
      'with a property before the block',
      block.replace('<configuration>', '<configuration><property><name>a</name></property>'),
    ],
    ['with an include before the block', block.replace('<configuration>', '<configuration><include href="a"/>')],
    [
      'with an encryption property behind the block',
      block.replace(
        '</configuration>',
        '<property><name>fs.s3a.bucket.b.encryption.key</name><value>k</value></property></configuration>',
      ),
    ],
    [
      'with a block of another assignment behind it, in the middle of the file',
      block.replace(
        '</configuration>',
        `${/<property>\s*<name>fs\.s3a\.encryption\.key[\s\S]*?<\/property>/.exec(made({ source: 'KmsKeyAssignment/hr' }))?.[0]}</configuration>`,
      ),
    ],
  ])('%s', (_, text) => {
    expect(text === block).toBe(false);
    expect(isOutdated(text)).toBe(false);
  });
});

it('a file that is right says whether it holds anything that a key would change', () => {
  expect(plan(made(), desired(), 'core')).toMatchObject({ kind: 'unchanged', holdsBlock: true });
  expect(plan(plain, desired(), 'other')).toMatchObject({ kind: 'unchanged', holdsBlock: false });
});
