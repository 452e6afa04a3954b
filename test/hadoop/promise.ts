/**
 * The webhook's promise, tried before Hadoop's own jars: the plan's result is planned once more, read by every version
 * in the ways a client can come by it, and compared with what the assignment wants.
 */

import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { applyEdits } from '../../src/core/plan/edits.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import { Bench, type Promised, type Trial } from './bench.ts';
import { hasCause } from './causes.ts';
import { compareEncryption, compareOthers, isOurs, unmanagedBuckets } from './compare.ts';
import type { Document } from './constructs.ts';
import type { Scratch } from './documents.ts';
import {
  bucketsNamed,
  hostileFile,
  isEncryptionProperty,
  isLeftAlone,
  trim,
  wantedFile,
} from './encryption-properties.ts';
import { planBytes } from './fuzz/plan-file.ts';
import type { Judge, Mode } from './judge.ts';
import { compareReading, type Original, plainBucket, readOriginal } from './original.ts';

/** So that the answers about many documents of 1 MiB are not in memory all at once. */
const batch = 50;

/** Ways in which a client comes by a configuration, beyond reading the files. */
const otherWays: readonly Mode[] = ['written', 'writtenBare', 'shipped', 'shippedLate', 'writtenFirst'];

/** A document takes one of the other ways; one that is named `thorough` takes all. */
export interface Subject extends Document {
  readonly thorough: boolean;
}

export async function tryPromises(
  judges: readonly Judge[],
  scratch: Scratch,
  subjects: readonly Subject[],
  assignments: readonly Assignment[],
): Promise<Trial> {
  const bench = new Bench(judges, scratch);
  for (let at = 0; at < subjects.length; at += batch) {
    const tries = subjects.slice(at, at + batch).map(async (subject, index) => {
      bench.countDocument();
      const original = await readOriginal(subject, bench);
      compareReading(original, bench);
      const tried = assignments.map((assignment, turn) => {
        const ways = subject.thorough ? otherWays : [otherWays[(at + index + turn) % otherWays.length] as Mode];
        return tryAssignment(original, assignment, ['plain', ...ways], bench);
      });
      await Promise.all(tried);
    });
    await Promise.all(tries);
  }
  return bench.result();
}

type Report = (promise: Promised, where: string, expected: string, got: string) => void;

async function tryAssignment(
  original: Original,
  assignment: Assignment,
  ways: readonly Mode[],
  bench: Bench,
): Promise<void> {
  const { document, text, readings, includes, failure } = original;
  const report: Report = (promise, where, expected, got) =>
    bench.report({ promise, document: document.name, assignment: assignment.name, where, expected, got });
  const plan = planFile(original, assignment, 'core-site.xml');
  const outcome = plan.kind === 'refused' ? `refused ${plan.reason}` : plan.kind;
  bench.countOutcome(outcome);
  tryStrict(original, assignment, plan, report);
  if (plan.kind === 'refused') {
    if (!hasCause(plan.reason, document.bytes, [...(readings?.values() ?? [])]))
      report('refuses nothing without the cause it names', `${plan.line}:${plan.column}`, 'a change', outcome);
    return;
  }
  if (text === null || (readings === undefined && !includes)) {
    report('refuses what Hadoop cannot read', '', failure, outcome);
    return;
  }
  tryOtherEncryption(original, assignment, outcome, report);
  const result = plan.kind === 'change' ? plan.result : text;
  const again = planFile({ document, text: result }, assignment, 'core-site.xml');
  if (again.kind !== 'unchanged') report('finds nothing left to do in its own result', '', 'unchanged', again.kind);
  if (plan.kind === 'change' && applyEdits(text, plan.edits) !== result)
    report('edits nothing but what the edits say', '', 'the edits applied', 'something else');
  if (readings === undefined) return; // what it includes is not here, so that no version can read it
  const provable = plan.notes.every(({ kind }) => kind !== 'notProvable');
  await tryResult(original, assignment, result, provable ? ways : [], bench, report);
  await tryAsLaterFile(original, assignment, ways, bench, report);
}

async function tryResult(
  original: Original,
  assignment: Assignment,
  result: string,
  ways: readonly Mode[],
  bench: Bench,
  report: Report,
): Promise<void> {
  const { scratch } = bench;
  const unmanaged = unmanagedBuckets(assignment);
  const ruled = assignment.buckets.map(({ name }) => name).filter((name) => !unmanaged.has(name));
  const managed = [plainBucket, ...ruled, ...original.buckets].filter((name) => !unmanaged.has(name));
  const path = await scratch.write(result);
  const alone = await bench.ask({ modes: ['asWritten', ...ways], buckets: [...new Set(managed)], files: [path] });
  for (const [version, verdict] of alone) {
    for (const mode of ways) {
      compareEncryption(verdict[mode], assignment, version, (bucket, expected, got) =>
        report('makes every version encrypt as assigned', `${version} ${mode} ${bucket}`, expected, got),
      );
    }
    compareOthers(original.readings?.get(version), verdict.asWritten, assignment, (name, expected, got) =>
      report('keeps every other property and its finality', `${version} ${name}`, expected, got),
    );
  }
  const hostile = await scratch.write(hostileFile(assignment));
  const attacked = await bench.ask({ modes: ways, buckets: [plainBucket, ...ruled], files: [path, hostile] });
  for (const [version, verdict] of attacked) {
    for (const mode of ways) {
      compareEncryption(verdict[mode], assignment, version, (bucket, expected, got) =>
        report('stands against a later file that wants something else', `${version} ${mode} ${bucket}`, expected, got),
      );
    }
  }
  await tryUnmanaged(original, assignment, path, bench, report);
}

/** The file loaded behind one that holds nothing but the assignment's wants says what an unmanaged bucket shall have. */
async function tryUnmanaged(
  original: Original,
  assignment: Assignment,
  result: string,
  bench: Bench,
  report: Report,
): Promise<void> {
  const unmanaged = unmanagedBuckets(assignment);
  const cut = new Set(
    [...(original.readings?.values() ?? [])].flatMap((reading) =>
      [...Object.keys(reading.properties ?? {}), ...(reading.finals ?? [])]
        .filter((name) => isEncryptionProperty(name) && (isOurs(reading, name) || !isLeftAlone(name, unmanaged)))
        .flatMap(bucketsNamed),
    ),
  );
  const buckets = [...unmanaged].filter((name) => !cut.has(name));
  if (buckets.length === 0) return;
  const wanted = await bench.scratch.write(wantedFile(assignment));
  const [got, reference] = await Promise.all([
    bench.ask({ modes: ['plain'], buckets, files: [result] }),
    bench.ask({ modes: ['plain'], buckets, files: [wanted, original.path] }),
  ]);
  got.forEach(([version, { plain }], index) => {
    const [expected, got] = [reference[index]?.[1].plain, plain].map((reading) =>
      JSON.stringify(reading !== undefined && 'buckets' in reading ? reading.buckets : reading),
    ) as [string, string];
    if (got !== expected) report('leaves the encryption of an unmanaged bucket alone', version, expected, got);
  });
}

/** As hdfs-site.xml, behind a core-site.xml that is right. */
async function tryAsLaterFile(
  original: Original,
  assignment: Assignment,
  ways: readonly Mode[],
  bench: Bench,
  report: Report,
): Promise<void> {
  const plan = planFile(original, assignment, 'hdfs-site.xml');
  if (plan.kind === 'refused' || plan.notes.some(({ kind }) => kind === 'notProvable')) return;
  const named = [plainBucket, ...original.buckets, ...assignment.buckets.map(({ name }) => name)];
  const unmanaged = unmanagedBuckets(assignment);
  const buckets = [...new Set(named)].filter((name) => !unmanaged.has(name));
  const first = await bench.scratch.write(wantedFile(assignment));
  const later = plan.kind === 'change' ? await bench.scratch.write(plan.result) : original.path;
  for (const [version, verdict] of await bench.ask({ modes: ways, buckets, files: [first, later] })) {
    for (const mode of ways) {
      compareEncryption(verdict[mode], assignment, version, (bucket, expected, got) =>
        report('takes every setting out of a file that is loaded later', `${version} ${mode} ${bucket}`, expected, got),
      );
    }
  }
}

function tryOtherEncryption({ readings }: Original, assignment: Assignment, outcome: string, report: Report): void {
  const unmanaged = unmanagedBuckets(assignment);
  for (const { properties, expanded } of readings?.values() ?? []) {
    for (const [name, value] of Object.entries({ ...properties, ...expanded })) {
      if (isEncryptionProperty(name) && !isLeftAlone(name, unmanaged) && needsOwnKey(trim(name), trim(value)))
        report('never touches a file that encrypts by other means', name, 'refused', outcome);
    }
  }
}

/** Encryption with a key that AWS doesn't keep, or such a key: 32 bytes in base64. */
function needsOwnKey(name: string, value: string): boolean {
  return name.endsWith('algorithm') ? /^(?:SSE-C|CSE-KMS|CSE-CUSTOM)$/i.test(value) : /^[\w+/]{43}=$/.test(value);
}

function tryStrict(original: Original, assignment: Assignment, plan: Plan, report: Report): void {
  const strict = planFile(original, { ...assignment, enforcement: 'Strict' }, 'core-site.xml');
  const sentence = 'refuses under Strict, or does the same as under Enforce';
  if (plan.kind === 'refused') {
    if (strict.kind !== 'refused') report(sentence, '', 'refused', strict.kind);
  } else if (plan.notes.some(({ kind }) => kind === 'notProvable')) {
    if (strict.kind !== 'refused' || strict.reason !== 'NotProvable') report(sentence, '', 'NotProvable', strict.kind);
  } else if (JSON.stringify(strict) !== JSON.stringify(plan)) report(sentence, '', plan.kind, strict.kind);
}

function planFile(
  { document, text }: Pick<Original, 'document' | 'text'>,
  assignment: Assignment,
  dataKey: string,
): Plan {
  return planBytes(text === null ? document.bytes : new TextEncoder().encode(text), assignment, dataKey);
}
