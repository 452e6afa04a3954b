/**
 * Makes a failing document and its assignment as small as they still fail in the same way.
 */
import type { HadoopVersion } from '../jars.ts';
import { isFailure, startJudge } from '../judge.ts';
import { decode, type PlanFile, planBytes } from './plan-file.ts';
import { readTrial } from './reading.ts';
import { causeIsMissing, type Finding, openFolder, startTally, toReader } from './round.ts';
import { elementsOf, replace, sliceOf } from './spans.ts';
import type { Subject } from './subject.ts';
import { checkPlan, planSubject } from './trial.ts';

/** Asking takes milliseconds, starting a JVM a second. */
const maxTries = 3000;

/** The finding about the smallest subject that was found to fail alike; the finding itself where none is smaller. */
export async function shrink(
  finding: Finding,
  version: HadoopVersion,
  planFile: PlanFile = planBytes,
): Promise<Finding> {
  const files = await openFolder();
  const judge = await startJudge(finding.version ?? version, files.folder);
  const reader = toReader(judge, files, startTally());
  let smallest = finding;
  let tries = 0;
  const fails = async (subject: Subject): Promise<boolean> => {
    if (++tries > maxTries) return false;
    const same = (await findIn(subject)).find((found) => kindOf(found) === kindOf(finding));
    if (same !== undefined) smallest = same;
    return same !== undefined;
  };
  const findIn = async (subject: Subject): Promise<Finding[]> => {
    const found: Finding[] = [];
    const reportFor =
      (version: HadoopVersion | undefined) =>
      (...[promise, where, expected, got]: Reported) =>
        found.push({ subject, promise, version, where, expected, got });
    const trial = planSubject(subject, planFile);
    checkPlan(trial, planFile, reportFor(undefined));
    const before = await readTrial(trial, reader, reportFor(judge.version));
    if (causeIsMissing(trial, isFailure(before) ? [] : [before]))
      reportFor(undefined)('refuses nothing without the cause it names', '', 'a change', outcomeOf(trial.plan));
    return found;
  };
  try {
    await shrinkWish(finding.subject, fails);
    await shrinkDocument(smallest.subject, fails);
    await shrinkWish(smallest.subject, fails);
  } finally {
    await judge.stop();
    await files.remove();
  }
  return smallest;
}

type Reported = readonly [promise: Finding['promise'], where: string, expected: string, got: string];

function outcomeOf(plan: ReturnType<typeof planSubject>['plan']): string {
  return plan.kind === 'refused' ? plan.reason : plan.kind;
}

/** What makes two findings one. */
export function kindOf({ promise, expected, got }: Finding): string {
  const what =
    promise === 'refuses what Hadoop cannot read'
      ? expected.replace(/:.*/s, '')
      : promise === 'refuses nothing without the cause it names'
        ? got
        : '';
  return `${promise} · ${what}`;
}

/** Fewer buckets, a plain key, and nothing unusual. */
async function shrinkWish(subject: Subject, fails: (subject: Subject) => Promise<boolean>): Promise<void> {
  let now = subject;
  const attempt = async (change: Partial<Subject>): Promise<void> => {
    const next = { ...now, ...change };
    if (await fails(next)) now = next;
  };
  const assign = (change: Partial<Subject['assignment']>) => attempt({ assignment: { ...now.assignment, ...change } });
  await attempt({ later: '<configuration/>' });
  await attempt({ way: 'plain' });
  await attempt({ dataKey: 'core-site.xml' });
  for (const { name } of subject.assignment.buckets)
    await assign({ buckets: now.assignment.buckets.filter((rule) => rule.name !== name) });
  await assign({ encryptionContext: null });
  await assign({ algorithm: 'SSE-KMS' });
  await assign({ enforcement: 'Enforce' });
  await assign({ key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' } });
}

async function shrinkDocument(subject: Subject, fails: (subject: Subject) => Promise<boolean>): Promise<void> {
  const text = decode(subject.bytes);
  const toBytes =
    text === null ? (units: string) => Buffer.from(units, 'latin1') : (units: string) => Buffer.from(units);
  let now = text ?? Buffer.from(subject.bytes).toString('latin1');
  const attempt = async (next: string): Promise<boolean> => {
    if (next === now || next.length > now.length || !(await fails({ ...subject, bytes: toBytes(next) }))) return false;
    now = next;
    return true;
  };
  let before: string;
  do {
    before = now;
    await dropElements(() => now, attempt);
    for (let size = 2 ** Math.floor(Math.log2(now.length + 1)); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < now.length; ) {
        if (!(await attempt(now.slice(0, at) + now.slice(at + size)))) at += size;
      }
    }
  } while (now !== before);
}

/** The largest first; where one can't go, perhaps its tags can. */
async function dropElements(now: () => string, attempt: (next: string) => Promise<boolean>): Promise<void> {
  const count = elementsOf(now()).length;
  for (let turn = 0; turn < count; turn++) {
    const element = elementsOf(now()).toSorted((a, b) => b.end - b.start - (a.end - a.start))[turn];
    if (element === undefined) return;
    if (await attempt(replace(now(), element, ''))) turn--;
    else await attempt(replace(now(), element, sliceOf(now(), element.content)));
  }
}
