import { expect, it } from 'vitest';
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../../src/core/plan/config-object.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import { buildRecentPlans } from '../../../src/core/plan/recent-plans.ts';

const finance: Assignment = {
  name: 'finance',
  target: { namespaces: ['finance'] },
  algorithm: 'SSE-KMS',
  key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  buckets: [],
  enforcement: 'Enforce',
};
const other: Assignment = { ...finance };
const unchanged = (): Plan => ({ kind: 'unchanged', notes: [], holdsBlock: true });

/** Plans by turns, and says which were made anew. */
function record() {
  const recent = buildRecentPlans();
  const made: string[] = [];
  const plan = (text: string, role: 'core' | 'other', assignment: Assignment, make: () => Plan = unchanged) =>
    recent.plan({ text, role, assignment, purpose: 'write' }, () => {
      made.push(text);
      return make();
    });
  return { plan, made };
}

it('a file found right is not read again for the same role and the same assignment, and for any other it is', () => {
  const { plan, made } = record();
  const first = plan('a', 'core', finance);
  expect(plan('a', 'core', finance)).toBe(first);
  expect(made).toEqual(['a']);
  plan('a', 'other', finance);
  plan('a', 'other', other);
  plan('b', 'other', other);
  plan('a', 'core', finance);
  expect(made).toEqual(['a', 'a', 'a', 'b']);
});

it('what has to be changed, is refused, or is long, is not kept', () => {
  const { plan, made } = record();
  const refused = (): Plan => ({ kind: 'refused', reason: 'Malformed', line: 1, column: 1, message: 'no' });
  const change = (): Plan => ({ kind: 'change', edits: [], notes: [], result: 'x', outdated: false });
  const long = 'x'.repeat(500_001);
  for (let turn = 0; turn < 2; turn++) {
    plan('r', 'core', finance, refused);
    plan('c', 'core', finance, change);
    plan(long, 'core', finance);
  }
  expect(made).toEqual(['r', 'c', long, 'r', 'c', long]);
});

it('the 128 that were used last are kept', () => {
  const { plan, made } = record();
  for (let text = 0; text < 128; text++) plan(`${text}`, 'core', finance);
  plan('0', 'core', finance);
  plan('128', 'core', finance);
  made.length = 0;
  plan('0', 'core', finance);
  plan('1', 'core', finance);
  expect(made).toEqual(['1']);
});

it('a file that is changed again and again takes the place of one', () => {
  const { plan, made } = record();
  const change = (): Plan => ({ kind: 'change', edits: [], notes: [], result: 'b', outdated: false });
  plan('right', 'core', finance);
  for (let turn = 0; turn < 128; turn++) plan('a', 'core', finance, change);
  made.length = 0;
  plan('right', 'core', finance);
  expect(made).toEqual([]);
});

it('of long files fewer are kept: three million characters together', () => {
  const { plan, made } = record();
  const files = Array.from({ length: 8 }, (_, index) => `${index}`.padEnd(400_000));
  for (const text of files) plan(text, 'core', finance);
  made.length = 0;
  for (const text of files.toReversed()) plan(text, 'core', finance);
  expect(made).toEqual([files[0]]);
});

it('the result of a change is not read again, unless there would be something to note, or some of it is left alone', () => {
  const recent = buildRecentPlans();
  const place = { line: 1, column: 1, message: 'm' };
  const change: Plan = {
    kind: 'change',
    edits: [],
    notes: [{ ...place, kind: 'overridden' }],
    result: 'b',
    outdated: false,
  };
  const asked = { role: 'core', assignment: finance } as const;
  recent.plan({ ...asked, text: 'a', purpose: 'write' }, () => change);
  const never = (): Plan => expect.unreachable();
  expect(recent.plan({ ...asked, text: 'b', purpose: 'assess' }, never).kind).toBe('unchanged');
  expect(recent.plan({ ...asked, text: 'b', purpose: 'assess', assignment: other }, () => change)).toBe(change);
  expect(recent.plan({ ...asked, text: 'b', purpose: 'assess', role: 'other' }, () => change)).toBe(change);
  expect(recent.plan({ ...asked, text: 'b', purpose: 'write' }, never)).toEqual(unchanged());
  for (const more of [{ notes: [{ ...place, kind: 'notProvable' as const }] }, { leftAlone: true as const }]) {
    const noted: Plan = { ...change, ...more, result: 'c' };
    recent.plan({ ...asked, text: 'n', purpose: 'write' }, () => noted);
    expect(recent.plan({ ...asked, text: 'c', purpose: 'write' }, () => noted)).toBe(noted);
  }
});

it('a right file under another assignment of the same name is planned anew', () => {
  const files = { core: ['core-site.xml'], other: [] };
  const planOf = (text: string, assignment: Assignment) =>
    planConfigObject({ data: { 'core-site.xml': text } }, assignment, files);
  const injected = planOf('<configuration/>', finance).files[0]?.plan;
  const text = injected?.kind === 'change' ? injected.result : '';
  const rotated = { ...finance, key: { arn: finance.key && 'arn:aws:kms:us-west-2:360379543683:key/other' } };
  expect([finance, finance, rotated, finance].map((assignment) => planOf(text, assignment).kind)).toEqual([
    'unchanged',
    'unchanged',
    'change',
    'unchanged',
  ]);
});
