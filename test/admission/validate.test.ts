import { describe, expect, test } from 'vitest';
import { validate } from '../../src/admission/validate.ts';
import type { ConfigObjectPlan } from '../../src/core/plan/config-object.ts';
import { audited, finance } from './admission-review.ts';

const note = { dataKey: 'core-site.xml', kind: 'overridden', line: 7, column: 3, message: 'cut' } as const;

const change: ConfigObjectPlan = {
  kind: 'change',
  files: [
    {
      field: 'data',
      dataKey: 'core-site.xml',
      role: 'core',
      base64: false,
      plan: { kind: 'change', edits: [], notes: [], result: '', outdated: false },
    },
    {
      field: 'data',
      dataKey: 'hdfs-site.xml',
      role: 'other',
      base64: false,
      plan: { kind: 'unchanged', notes: [], holdsBlock: false },
    },
  ],
  notes: [note],
  patch: [],
};

const refused: ConfigObjectPlan = {
  kind: 'refused',
  files: [],
  refusals: [
    {
      kind: 'refused',
      dataKey: 'core-site.xml',
      reason: 'Malformed',
      line: 1,
      column: 1,
      message: 'empty',
      excerpt: null,
    },
  ],
};

describe('the final object', () => {
  test('that complies is allowed, and the warnings are left to the mutating webhook', () => {
    const answer = validate(
      { kind: 'unchanged', files: [], notes: [{ ...note, kind: 'notProvable' }] },
      finance,
      false,
    );
    expect(answer).toEqual({
      allowed: true,
      auditAnnotations: { outcome: 'unchanged', assignment: 'finance', enforcement: 'Enforce' },
    });
  });

  test.each(['Enforce', 'Strict'] as const)('that lacks what was injected is denied under %s', (enforcement) => {
    const answer = validate(change, { ...finance, enforcement }, false);
    expect(answer).toMatchObject({
      allowed: false,
      auditAnnotations: { outcome: 'change', reasons: 'NotInjected' },
      status: {
        code: 403,
        reason: 'NotInjected',
        details: { causes: [{ reason: 'NotInjected', field: 'core-site.xml' }] },
      },
    });
    expect(answer).not.toHaveProperty('patch');
  });

  test('is denied with the places of what got into it', () => {
    expect(validate(change, finance, false).status?.message).toContain('line 7, column 3 within core-site.xml: cut');
  });

  test('that no longer can be read is denied with the reason', () => {
    expect(validate(refused, finance, false)).toMatchObject({ allowed: false, status: { reason: 'Malformed' } });
  });

  test('is allowed under Audit, and what would change is left to the mutating webhook to say', () => {
    expect(validate(change, audited, false)).toEqual({
      allowed: true,
      auditAnnotations: { outcome: 'change', assignment: 'audited', enforcement: 'Audit' },
    });
  });

  test('that no longer can be read is allowed under Audit, with the reason', () => {
    expect(validate(refused, audited, false)).toMatchObject({
      allowed: true,
      auditAnnotations: { reasons: 'Malformed' },
    });
  });
});
