/**
 * Precedence among assignments, conflicts, and label selectors as Kubernetes reads them.
 */
import { describe, expect, it } from 'vitest';
import { isEmptySelector, matchesSelector } from '../../../src/core/assignment/label-selector.ts';
import { type Assignment, type BucketRule, type LabelSelector, resolve } from '../../../src/core/assignment/resolve.ts';

const arn = (last: number) => `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
const finance = { name: 'finance', labels: { team: 'finance', tier: '1' } };

function assignment(name: string, target: Assignment['target'], rest: Partial<Assignment> = {}): Assignment {
  return { name, target, algorithm: 'SSE-KMS', key: { arn: arn(1) }, buckets: [], enforcement: 'Enforce', ...rest };
}

const named = (name: string, rest?: Partial<Assignment>) =>
  assignment(name, { namespaces: ['other', 'finance'] }, rest);
const selected = (name: string, rest?: Partial<Assignment>) =>
  assignment(name, { namespaceSelector: { matchLabels: { team: 'finance' } } }, rest);
const byDefault = (name: string, rest?: Partial<Assignment>) => assignment(name, { namespaceSelector: {} }, rest);

/** The name that applies, the names that conflict, or none; whatever the order in which the assignments come. */
function outcome(assignments: readonly Assignment[]): string | readonly string[] | undefined {
  const answers = [assignments, assignments.toReversed()].map((order) => {
    const resolution = resolve(finance, order);
    if (resolution.kind === 'none') return undefined;
    return resolution.kind === 'assigned' ? resolution.assignment.name : resolution.assignments.map(({ name }) => name);
  });
  expect(answers[1]).toEqual(answers[0]);
  return answers[0];
}

describe('the assignment of a namespace', () => {
  it('is none without an assignment that selects it', () => {
    expect(outcome([])).toBeUndefined();
    expect(outcome([assignment('a', { namespaces: ['other'] })])).toBeUndefined();
    expect(outcome([assignment('a', { namespaceSelector: { matchLabels: { team: 'hr' } } })])).toBeUndefined();
  });

  it('is the one that names it, before a selector, before the default', () => {
    const different = { key: { arn: arn(2) } };
    expect(outcome([byDefault('a'), selected('b', different), named('c')])).toBe('c');
    expect(outcome([byDefault('a'), selected('b', different)])).toBe('b');
    expect(outcome([byDefault('a')])).toBe('a');
  });

  it('takes a selector with empty matchLabels and matchExpressions for the default', () => {
    const longhand = assignment('a', { namespaceSelector: { matchLabels: {}, matchExpressions: [] } });
    expect(outcome([longhand, selected('b', { enforcement: 'Audit' })])).toBe('b');
    expect(outcome([longhand])).toBe('a');
  });

  it('is the alphabetically first of several that want the same', () => {
    expect(outcome([named('b'), named('a'), named('B')])).toBe('B');
  });

  it.each<[string, Partial<Assignment>]>([
    ['another key', { key: { arn: arn(2) } }],
    ["the account's default key", { key: { accountDefault: true } }],
    ['another algorithm', { algorithm: 'DSSE-KMS' }],
    ['another enforcement', { enforcement: 'Audit' }],
    ['a bucket more', { buckets: [{ name: 'ledger', unmanaged: true }] }],
  ])('is a conflict, sorted by name, of all of the highest rank where one wants %s', (_, rest) => {
    for (const target of [named, selected, byDefault]) {
      expect(outcome([target('c'), target('a'), target('b', rest)])).toEqual(['a', 'b', 'c']);
    }
  });

  it('does not fall back to a lower rank in a conflict', () => {
    expect(outcome([named('a'), named('b', { enforcement: 'Strict' }), byDefault('z')])).toEqual(['a', 'b']);
  });

  it('is untouched by a conflict of a lower rank', () => {
    expect(outcome([byDefault('a'), byDefault('b', { enforcement: 'Strict' }), named('c')])).toBe('c');
  });

  it('compares buckets irrespective of their order', () => {
    const one: BucketRule = { name: 'ledger', key: { arn: arn(2) } };
    const two: BucketRule = { name: 'drop', unmanaged: true };
    expect(outcome([named('a', { buckets: [one, two] }), named('b', { buckets: [two, one] })])).toBe('a');
    const unlike: BucketRule[] = [{ name: 'ledger', unmanaged: true }, two];
    expect(outcome([named('a', { buckets: [one, two] }), named('b', { buckets: unlike })])).toEqual(['a', 'b']);
  });

  it('leaves the list of assignments as it was', () => {
    const assignments = Object.freeze([named('b'), named('a')]);
    expect(resolve(finance, assignments)).toMatchObject({ assignment: { name: 'a' } });
    expect(assignments.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('a label selector', () => {
  it.each<[boolean, LabelSelector | null | undefined]>([
    [true, {}],
    [true, null],
    [true, undefined],
    [true, { matchLabels: {}, matchExpressions: [] }],
    [true, { matchLabels: { team: 'finance', tier: '1' } }],
    [false, { matchLabels: { team: 'finance', tier: '2' } }],
    [false, { matchLabels: { absent: '' } }],
    [true, { matchExpressions: [{ key: 'team', operator: 'In', values: ['hr', 'finance'] }] }],
    [false, { matchExpressions: [{ key: 'team', operator: 'In', values: ['hr'] }] }],
    [false, { matchExpressions: [{ key: 'absent', operator: 'In', values: [''] }] }],
    [false, { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['hr', 'finance'] }] }],
    [true, { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['hr'] }] }],
    [true, { matchExpressions: [{ key: 'absent', operator: 'NotIn', values: ['hr'] }] }],
    [true, { matchExpressions: [{ key: 'team', operator: 'Exists' }] }],
    [false, { matchExpressions: [{ key: 'absent', operator: 'Exists' }] }],
    [false, { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] }],
    [true, { matchExpressions: [{ key: 'absent', operator: 'DoesNotExist' }] }],
    [false, { matchLabels: { team: 'finance' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }],
    [false, { matchLabels: { team: 'hr' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }],
    [false, { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }],
  ])('answers %s for %j', (expected, selector) => {
    expect(matchesSelector(selector, finance.labels)).toBe(expected);
  });

  it('does not take an operator it does not know for a match', () => {
    const newer = JSON.parse('{"matchExpressions":[{"key":"team","operator":"Gt","values":["1"]}]}') as LabelSelector;
    expect(() => matchesSelector(newer, finance.labels)).toThrow(TypeError);
  });

  it('is empty only where it asks for nothing', () => {
    expect(isEmptySelector({ matchLabels: {}, matchExpressions: [] })).toBe(true);
    expect(isEmptySelector({ matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] })).toBe(false);
  });
});

describe('an assignment that can be read no further than its target', () => {
  const target = { namespaces: ['finance'] };
  const unreadable = { name: 'later', target, unreadable: true, enforcement: 'Enforce' } as const;
  const fallback: Assignment = {
    name: 'fallback',
    target: { namespaceSelector: {} },
    algorithm: 'SSE-KMS',
    key: { accountDefault: true },
    buckets: [],
    enforcement: 'Enforce',
  };

  it('applies nowhere, and lets no lower rank apply where it would', () => {
    const resolution = resolve({ name: 'finance', labels: {} }, [fallback, unreadable]);
    expect(resolution).toEqual({ kind: 'conflict', assignments: [unreadable] });
  });

  it('conflicts with one of its own rank', () => {
    const same: Assignment = { ...fallback, name: 'a', target };
    const resolution = resolve({ name: 'finance', labels: {} }, [unreadable, same]);
    expect(resolution).toEqual({ kind: 'conflict', assignments: [same, unreadable] });
  });

  it('matters nowhere else', () => {
    expect(resolve({ name: 'sales', labels: {} }, [fallback, unreadable]).kind).toBe('assigned');
  });
});
