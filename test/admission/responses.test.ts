import { describe, expect, test } from 'vitest';
import { allowed, denied, patched, toReview } from '../../src/admission/responses.ts';
import { audited, finance } from './admission-review.ts';

describe('an allowed answer', () => {
  test('has neither patch nor status nor warnings', () => {
    expect(allowed({ outcome: 'unassigned' })).toEqual({ allowed: true, auditAnnotations: { outcome: 'unassigned' } });
  });

  test('names the assignment, its enforcement and the reasons for the audit log', () => {
    const record = {
      outcome: 'refused',
      assignments: [audited],
      reasons: ['Malformed', 'TooLarge', 'Malformed'],
    } as const;
    expect(allowed(record).auditAnnotations).toEqual({
      outcome: 'refused',
      assignment: 'audited',
      enforcement: 'Audit',
      reasons: 'Malformed,TooLarge',
    });
  });
});

describe('a patched answer', () => {
  test('carries a JSON Patch in base64', () => {
    const operation = {
      op: 'replace',
      path: '/data/core-site.xml',
      value: '<configuration>é</configuration>',
    } as const;
    const answer = patched({ outcome: 'change', assignments: [finance] }, [operation]);
    expect(answer).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    expect(JSON.parse(Buffer.from(answer.patch ?? '', 'base64').toString())).toEqual([operation]);
  });
});

describe('a denial', () => {
  test('is a 403 whose reason is the first cause', () => {
    const causes = [
      { reason: 'Malformed', message: 'm', field: 'core-site.xml' },
      { reason: 'TooLarge', message: 't', field: 'hdfs-site.xml' },
    ] as const;
    expect(denied({ outcome: 'refused', assignments: [finance] }, ['one', 'other'], causes)).toEqual({
      allowed: false,
      auditAnnotations: {
        outcome: 'refused',
        assignment: 'finance',
        enforcement: 'Enforce',
        reasons: 'Malformed,TooLarge',
      },
      status: {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code: 403,
        reason: 'Malformed',
        message: 'one\nother',
        details: { causes },
      },
    });
  });

  test('of more than ten tells nine and counts the others; the audit log has the reasons of all', () => {
    const causes = Array.from({ length: 5000 }, (_, index) => ({
      reason: index < 4999 ? ('Malformed' as const) : ('TooLarge' as const),
      message: 'm',
      field: `file-${index}`,
    }));
    const lines = causes.map(({ field }) => field);
    const { status, auditAnnotations } = denied({ outcome: 'refused' }, lines, causes);
    expect(status?.message.split('\n')).toEqual([...lines.slice(0, 9), 'and 4991 more like these']);
    expect(status?.details?.causes).toEqual(causes.slice(0, 9));
    expect(auditAnnotations.reasons).toBe('Malformed,TooLarge');
  });

  test('without a cause is a bug, not an answer', () => {
    expect(() => denied({ outcome: 'refused' }, ['why?'], [])).toThrow(RangeError);
  });
});

describe('warnings', () => {
  const warningsOf = (...texts: string[]) => allowed({ outcome: 'unchanged' }, texts).warnings ?? [];

  test('of 256 characters are whole and longer ones are cut, whatever the characters', () => {
    expect(warningsOf('x'.repeat(256))).toEqual(['x'.repeat(256)]);
    expect(warningsOf('🔑'.repeat(257))).toEqual([`${'🔑'.repeat(255)}…`]);
  });

  test('hold nothing for which the API server would drop them', () => {
    expect(warningsOf('a\r\n\tb\u0000c\u0085d\u007fe', 'half \ud83d')).toEqual(['a b c d e', 'half \ufffd']);
  });

  test('are ten at most, and the tenth then counts the others', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `warning ${index}`);
    expect(warningsOf(...ten)).toEqual(ten);
    expect(warningsOf(...ten, 'one more')).toEqual([...ten.slice(0, 9), 'and 2 more like these']);
  });

  test('together stay below what the API server cuts', () => {
    const length = warningsOf(...Array.from({ length: 50 }, () => 'x'.repeat(1000))).join('').length;
    expect(length).toBeLessThan(4096);
  });
});

test('a review carries the uid and the answer', () => {
  expect(toReview('u', allowed({ outcome: 'immutable' }))).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u', allowed: true, auditAnnotations: { outcome: 'immutable' } },
  });
});
