/**
 * What holds for a namespace, and which ConfigMap versions are older.
 */
import { describe, expect, it } from 'vitest';
import { decide, sameDecision, type WebhookScope } from '../../src/controller/decide.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { isOlder } from '../../src/core/resource-version.ts';

const key = (last: number) => ({
  arn: `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`,
});

function assignment(name: string, rest: Partial<Assignment> = {}): Assignment {
  const target = { namespaceSelector: {} };
  return { name, target, algorithm: 'SSE-KMS', key: key(1), buckets: [], enforcement: 'Enforce', ...rest };
}

const finance = { name: 'finance', labels: { 'kubernetes.io/metadata.name': 'finance', team: 'finance' } };
const notFinance = { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['finance'] }] } as const;
const everywhere: WebhookScope = { kind: 'known', namespaceSelector: undefined };

describe('a namespace', () => {
  it('outside the scope has no assignment, whatever names it', () => {
    const scope: WebhookScope = { kind: 'known', namespaceSelector: notFinance };
    expect(decide(finance, [assignment('a', { target: { namespaces: ['finance'] } })], scope).kind).toBe('excluded');
  });

  it('has none while the scope is unknown', () => {
    expect(decide(finance, [assignment('a')], { kind: 'unknown' }).kind).toBe('unknown');
  });

  it.each([undefined, null, {}])('is covered where the selector is %j', (namespaceSelector) => {
    expect(decide(finance, [assignment('a')], { kind: 'known', namespaceSelector }).kind).toBe('assigned');
  });

  it('has what resolves', () => {
    expect(decide(finance, [], everywhere).kind).toBe('none');
    expect(decide(finance, [assignment('a'), assignment('b', { key: key(2) })], everywhere).kind).toBe('conflict');
  });
});

describe('two decisions', () => {
  const one = (...assignments: Assignment[]) => decide(finance, assignments, everywhere);

  it('are the same where every file would be, whatever else the assignment covers', () => {
    expect(sameDecision(one(assignment('a')), one(assignment('a', { target: { namespaces: ['finance'] } })))).toBe(
      true,
    );
    expect(sameDecision(one(), one())).toBe(true);
    expect(sameDecision(undefined, undefined)).toBe(true);
  });

  it.each<[string, Partial<Assignment>]>([
    ['the key', { key: key(2) }],
    ['the algorithm', { algorithm: 'DSSE-KMS' }],
    ['a bucket', { buckets: [{ name: 'partner', unmanaged: true }] }],
    ['the enforcement', { enforcement: 'Strict' }],
    ['the encryption context', { encryptionContext: { project: 'ledger' } }],
    ['the name, which the files show', { name: 'b' }],
  ])('differ in %s', (_, rest) => {
    expect(sameDecision(one(assignment('a')), one(assignment('a', rest)))).toBe(false);
  });

  it('differ in their kind, and in who conflicts', () => {
    const b = assignment('b', { key: key(2) });
    const c = assignment('c', { key: key(3) });
    expect(sameDecision(one(), one(b))).toBe(false);
    expect(sameDecision(one(), undefined)).toBe(false);
    expect(sameDecision(one(b, c), one(c, b))).toBe(true);
    expect(sameDecision(one(b, c), one(assignment('a'), b, c))).toBe(false);
  });
});

describe('a version', () => {
  it.each([
    ['9', '10', true],
    ['10', '9', false],
    ['10', '10', false],
    ['123456789012345678901', '123456789012345678902', true],
    ['abc', '10', false],
    ['10', 'abc', false],
    ['', '10', false],
  ])('%s is older than %s: %s', (a, b, expected) => {
    expect(isOlder(a, b)).toBe(expected);
  });
});
