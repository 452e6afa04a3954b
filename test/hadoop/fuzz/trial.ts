/**
 * A subject planned, and what can be said of the plan before Hadoop is asked.
 */
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { Disagreement, Promised } from '../bench.ts';
import { decode, type PlanFile } from './plan-file.ts';
import type { Subject } from './subject.ts';

export interface Trial {
  readonly subject: Subject;
  readonly plan: Plan;
  /** Null where the bytes are no UTF-8. */
  readonly text: string | null;
  /** The file after the plan; null where it is refused. */
  readonly result: string | null;
  /** How far the notes leave the encryption to the assignment: for every bucket, for those it rules, for none. */
  readonly provable: 'all' | 'ruled' | 'none';
}

/** What a trial finds; the round adds which document it was. */
export type Finding = Omit<Disagreement, 'document' | 'assignment'>;
export type Report = (promise: Promised, where: string, expected: string, got: string) => void;

export function planSubject(subject: Subject, planFile: PlanFile): Trial {
  const { bytes, assignment, dataKey } = subject;
  const plan = planFile(bytes, assignment, dataKey);
  const text = decode(bytes);
  const result = plan.kind === 'change' ? plan.result : plan.kind === 'unchanged' ? text : null;
  return { subject, plan, text, result, provable: provableOf(plan, text ?? '') };
}

function provableOf(plan: Plan, text: string): Trial['provable'] {
  if (plan.kind === 'refused') return 'none';
  const found = plan.notes.filter(({ kind }) => kind === 'notProvable');
  if (found.length === 0) return 'all';
  const lines = text.split(/\r\n|\n|\r/);
  return found.every(({ line, column }) => /^<(?:[^\s:<>]+:)?include\b/.test(lines[line - 1]?.slice(column - 1) ?? ''))
    ? 'ruled'
    : 'none';
}

/** What holds for every plan, whatever Hadoop says. */
export function checkPlan({ subject, plan, text, result }: Trial, planFile: PlanFile, report: Report): void {
  const { assignment, dataKey, bytes } = subject;
  const strict = planFile(bytes, { ...assignment, enforcement: 'Strict' }, dataKey);
  const enforce =
    assignment.enforcement === 'Strict' ? planFile(bytes, { ...assignment, enforcement: 'Enforce' }, dataKey) : plan;
  checkStrict(enforce, strict, report);
  if (result === null || text === null) return;
  const again = planFile(new TextEncoder().encode(result), assignment, dataKey);
  if (again.kind !== 'unchanged') report('finds nothing left to do in its own result', '', 'unchanged', again.kind);
  if (plan.kind === 'change') checkEdits(text, plan, dataKey, report);
}

function checkStrict(enforce: Plan, strict: Plan, report: Report): void {
  const sentence = 'refuses under Strict, or does the same as under Enforce';
  const expected =
    enforce.kind === 'refused'
      ? enforce.reason
      : enforce.notes.some(({ kind }) => kind === 'notProvable')
        ? 'NotProvable'
        : JSON.stringify(enforce);
  // What can't be proven may stand before what can't be done.
  const got = strict.kind === 'refused' ? strict.reason : JSON.stringify(strict);
  if (got !== expected && !(enforce.kind === 'refused' && got === 'NotProvable')) report(sentence, '', expected, got);
}

/** The bytes outside the edits are those of the file, in its order; what is cut is properties, and what comes is ours. */
function checkEdits(text: string, plan: Plan & { kind: 'change' }, dataKey: string, report: Report): void {
  const sentence = 'edits nothing but what the edits say';
  let result = '';
  let at = 0;
  let added = 0;
  for (const { offset, length, text: by } of [...plan.edits].sort(
    (a, b) => a.offset - b.offset || a.length - b.length,
  )) {
    const cut = text.slice(offset, offset + length);
    if (by !== '') added++;
    const expected = by === '' ? /^\s*<(?:[^\s:<>]+:)?property[\s/>][\s\S]*>\s*$/ : /^(?:\/>)?$/;
    if (!expected.test(cut)) report(sentence, `${offset}`, String(expected), cut);
    result += text.slice(at, offset) + by;
    at = offset + length;
  }
  result += text.slice(at);
  if (result !== plan.result) report(sentence, '', result, plan.result);
  if (added > 1) report(sentence, dataKey, 'one piece of text', `${added}`);
}
