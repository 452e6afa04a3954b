import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/admission/mutate.ts';
import type { ConfigObjectPlan, FileNote } from '../../src/core/plan/config-object.ts';
import { audited, finance } from './admission-review.ts';

const overridden: FileNote = { dataKey: 'core-site.xml', kind: 'overridden', line: 7, column: 3, message: 'cut' };
const notProvable: FileNote = { ...overridden, kind: 'notProvable', line: 9, message: 'credential provider' };
const patch = [{ op: 'replace', path: '/data/core-site.xml', value: 'new' }] as const;

const unchanged = (...notes: FileNote[]): ConfigObjectPlan => ({ kind: 'unchanged', files: [], notes });

const change = (...notes: FileNote[]): ConfigObjectPlan => ({
  kind: 'change',
  files: [
    {
      field: 'data',
      dataKey: 'core-site.xml',
      role: 'core',
      base64: false,
      plan: { kind: 'change', edits: [], notes, result: 'new', outdated: false },
    },
    {
      field: 'data',
      dataKey: 'hdfs-site.xml',
      role: 'other',
      base64: false,
      plan: { kind: 'unchanged', notes: [], holdsBlock: false },
    },
  ],
  notes,
  patch,
});

const refused: ConfigObjectPlan = {
  kind: 'refused',
  files: [],
  refusals: [
    {
      kind: 'refused',
      dataKey: 'core-site.xml',
      reason: 'OtherEncryptionInUse',
      line: 3,
      column: 5,
      message: 'SSE-C',
      excerpt: 'a\n^',
    },
    {
      kind: 'refused',
      dataKey: 'hdfs-site.xml',
      reason: 'Malformed',
      line: 1,
      column: 1,
      message: 'empty',
      excerpt: null,
    },
  ],
};

describe('a file that complies', () => {
  test('is left alone without a word', () => {
    const answer = mutate(unchanged(), finance, false);
    expect(answer).toMatchObject({ allowed: true, auditAnnotations: { outcome: 'unchanged', assignment: 'finance' } });
    expect(answer).not.toHaveProperty('patch');
    expect(answer).not.toHaveProperty('warnings');
  });

  test('is warned of what may get past the assigned key', () => {
    expect(mutate(unchanged(notProvable), finance, false).warnings).toEqual([
      'NotProvable: line 9, column 3 within core-site.xml: credential provider',
    ]);
  });
});

describe('a file to change', () => {
  test('is patched', () => {
    const answer = mutate(change(), finance, false);
    expect(answer).toMatchObject({ allowed: true, patchType: 'JSONPatch', auditAnnotations: { outcome: 'change' } });
    expect(JSON.parse(Buffer.from(answer.patch ?? '', 'base64').toString())).toEqual(patch);
  });

  test('is patched under Strict too', () => {
    expect(mutate(change(), { ...finance, enforcement: 'Strict' }, false)).toMatchObject({ patchType: 'JSONPatch' });
  });

  test('is not warned of a plain injection', () => {
    expect(mutate(change(), finance, false)).not.toHaveProperty('warnings');
  });

  test('is warned of each setting of its own that was cut, and of what may get past ours', () => {
    expect(mutate(change(overridden, notProvable), finance, false).warnings).toEqual([
      'Overridden: line 7, column 3 within core-site.xml: cut',
      'NotProvable: line 9, column 3 within core-site.xml: credential provider',
    ]);
  });

  test('is not patched under Audit, which warns of the files that would change', () => {
    const answer = mutate(change(overridden), audited, false);
    expect(answer).toMatchObject({ allowed: true, auditAnnotations: { outcome: 'change', enforcement: 'Audit' } });
    expect(answer).not.toHaveProperty('patch');
    expect(answer).not.toHaveProperty('patchType');
    expect(answer.warnings).toHaveLength(2);
    expect(answer.warnings?.[0]).toContain('core-site.xml');
    expect(answer.warnings?.[0]).toContain('KmsKeyAssignment/audited');
    expect(answer.warnings?.[0]).not.toContain('hdfs-site.xml');
  });
});

describe('a refused file', () => {
  test.each(['Enforce', 'Strict'] as const)(
    'denies the ConfigMap under %s, with each place and reason',
    (enforcement) => {
      const answer = mutate(refused, { ...finance, enforcement }, false);
      expect(answer).toMatchObject({
        allowed: false,
        auditAnnotations: { outcome: 'refused', enforcement, reasons: 'OtherEncryptionInUse,Malformed' },
        status: {
          code: 403,
          reason: 'OtherEncryptionInUse',
          details: {
            causes: [
              { reason: 'OtherEncryptionInUse', field: 'core-site.xml', message: 'line 3, column 5: SSE-C' },
              { reason: 'Malformed', field: 'hdfs-site.xml', message: 'line 1, column 1: empty' },
            ],
          },
        },
      });
      for (const part of [
        'OtherEncryptionInUse: line 3, column 5 within core-site.xml',
        '    a\n    ^',
        'within hdfs-site.xml',
        'KmsKeyAssignment/finance',
      ]) {
        expect(answer.status?.message).toContain(part);
      }
    },
  );

  test('is stored under Audit, with a warning for each refusal', () => {
    const answer = mutate(refused, audited, false);
    expect(answer).toMatchObject({ allowed: true, auditAnnotations: { reasons: 'OtherEncryptionInUse,Malformed' } });
    expect(answer).not.toHaveProperty('status');
    expect(answer.warnings).toHaveLength(2);
    expect(answer.warnings?.[1]).toContain('Malformed: line 1, column 1 within hdfs-site.xml');
  });
});

test('an update that changes no Hadoop file is allowed whatever is the matter with them, and warned of', () => {
  const answer = mutate(refused, finance, true);
  expect(answer).toMatchObject({ allowed: true, auditAnnotations: { outcome: 'refused' } });
  expect(answer.warnings?.[0]).toMatch(/^not changed by this update, else denied: /);
});
