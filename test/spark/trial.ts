/**
 * What is promised of a properties file, tried before java.util.Properties and before Spark with S3A and Iceberg.
 */

import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { readProperties } from '../../src/core/formats/properties/read.ts';
import { type Pair, readAgain } from '../../src/core/formats/properties/read-again.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { applyEdits } from '../../src/core/plan/edits.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import type { RefusalReason } from '../../src/core/reasons.ts';
import { compareEncryption } from '../hadoop/compare.ts';
import { bucketsNamed, hostileFile, isEncryptionProperty } from '../hadoop/encryption-properties.ts';
import { isFailure } from '../hadoop/judge.ts';
import { declaredCatalogs, hadoopName, rulingOf } from './encryption-properties.ts';
import type { SparkVersion } from './jars.ts';
import type { SparkJudge } from './judge.ts';

export interface Disagreement {
  readonly document: string;
  readonly promise: string;
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

export interface Tally {
  documents: number;
  /** Answers of java.util.Properties, and of Spark. */
  loads: number;
  readings: number;
  /** Those of catalogs by Iceberg among them. */
  catalogs: number;
  readonly outcomes: Map<string, number>;
  readonly disagreements: Disagreement[];
}

export type Report = (promise: string, where: string, expected: unknown, got: unknown) => void;
export type Properties = Readonly<Record<string, string>>;

export interface Bench {
  /** Asked what java.util.Properties loads. */
  readonly java: SparkJudge;
  /** Asked what Spark makes of the result; none where that would take too long. */
  readonly spark: readonly SparkJudge[];
  readonly tally: Tally;
}

export function startTally(): Tally {
  return { documents: 0, loads: 0, readings: 0, catalogs: 0, outcomes: new Map(), disagreements: [] };
}

/** As the judge of Hadoop's files knows it: whether DSSE-KMS is known. */
const hadoopOf: Readonly<Record<SparkVersion, '3.3.1' | '3.5.0'>> = { '3.5.7': '3.3.1', '4.1.0': '3.5.0' };

export async function tryDocument(
  document: string,
  text: string,
  assignment: Assignment,
  { java, spark, tally }: Bench,
): Promise<void> {
  const report = (promise: string, where: string, expected: unknown, got: unknown): void => {
    tally.disagreements.push({
      document,
      promise,
      where,
      expected: JSON.stringify(expected),
      got: JSON.stringify(got),
    });
  };
  const load = (properties: string) => {
    tally.loads++;
    return java.load(properties);
  };
  tally.documents++;
  const before = await load(text);
  compareReaders(text, before, report);
  const plan = planText(text, assignment);
  const outcome = plan.kind === 'refused' ? plan.reason : plan.kind;
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
  if (plan.kind === 'refused') {
    if (!hasCause(plan.reason, before === null ? null : readAgain(text), assignment)) {
      report('refuses nothing without the cause it names', `${plan.line}:${plan.column}`, 'a change', plan.reason);
    }
    return;
  }
  if (before === null) return report('refuses what Spark cannot read', '', 'Malformed', outcome);
  if (setsOtherEncryption(before, assignment)) report('refuses other encryption', '', 'OtherEncryptionInUse', outcome);
  const result = plan.kind === 'change' ? plan.result : text;
  if (plan.kind === 'change' && applyEdits(text, plan.edits) !== result)
    report('edits what its edits say', '', result, '');
  const again = planText(result, assignment);
  if (again.kind !== 'unchanged') report('finds nothing left to do in its own result', '', 'unchanged', again);
  compareProperties(before, (await load(result)) ?? {}, text, assignment, report);
  await compareSpark(before, result, assignment, spark, tally, report);
}

export function planText(text: string, assignment: Assignment): Plan {
  const content = { data: { 'spark.properties': text } };
  const [file] = planConfigObject(content, assignment, { core: [], other: [], spark: ['spark.properties'] }).files;
  return (file as { readonly plan: Plan }).plan;
}

/** Both readers say what java.util.Properties does, and without an entry's lines there is everything but that entry. */
function compareReaders(text: string, loaded: Properties | null, report: Report): void {
  const read = readProperties(text);
  const entries = read.ok ? read.items.filter((item) => item.kind === 'entry') : null;
  const first = entries && sorted(entries.map(({ name, value }) => [name, value]));
  const second = readAgain(text);
  const due = loaded && sorted(Object.entries(loaded));
  if (first !== due) report('is read as java.util.Properties does', 'by the first reader', due, first);
  if ((second && sorted(second)) !== due) report('is read as java.util.Properties does', 'by the second', due, second);
  for (const entry of entries ?? []) {
    const rest = readAgain(text.slice(0, entry.start) + text.slice(entry.end))?.filter(([name]) => name !== '');
    const others = entries?.filter((one) => one !== entry && one.name !== '').map(({ name, value }) => [name, value]);
    if (JSON.stringify(rest) !== JSON.stringify(others)) report('cuts entries whole', entry.name, others, rest);
  }
}

/** The last of a name counts. */
function sorted(pairs: readonly (readonly [string, string])[]): string {
  return JSON.stringify([...new Map(pairs)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Nothing that decides encryption is there but what the assignment says, and everything else is as it was. */
export function compareProperties(
  before: Properties,
  after: Properties,
  text: string,
  assignment: Pick<Assignment, 'buckets' | 'encryptionContext'>,
  report: Report,
): void {
  const hadBlock = text.includes('KmsKeyAssignment/');
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (name === '') continue;
    const ruling = rulingOf(name, assignment);
    // Behind a marker stands what an assignment wrote, which goes even where the workload decides now.
    if (hadBlock && ruling !== 'ruled' && isMemberOrContext(hadoopName(name) ?? '')) continue;
    const [was, is] = [propertyOf(before, name), propertyOf(after, name)];
    if (ruling === 'ruled') {
      if (is !== undefined && name !== name.trim()) report('cuts what decides encryption', name, undefined, is);
    } else if (was !== is) {
      report('changes nothing else', name, was, is);
    }
  }
}

function isMemberOrContext(hadoop: string): boolean {
  return isEncryptionProperty(hadoop) || /encryption\.context$/.test(hadoop);
}

function propertyOf(properties: Properties, name: string): string | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

async function compareSpark(
  before: Properties,
  result: string,
  assignment: Assignment,
  judges: readonly SparkJudge[],
  tally: Tally,
  report: Report,
): Promise<void> {
  if (Object.keys(before).some((name) => name.includes('credential.provider.path'))) return; // the store isn't here
  const unmanaged = new Set(assignment.buckets.filter((rule) => 'unmanaged' in rule).map(({ name }) => name));
  const named = Object.keys(before).flatMap((name) => bucketsNamed(hadoopName(name) ?? ''));
  const all = ['any-bucket', ...assignment.buckets.map(({ name }) => name), ...named.filter((name) => name !== null)];
  const buckets = [...new Set(all)].filter((name) => !unmanaged.has(name) && !/[,\t\r\n]|\.fs\.s3a$/.test(name));
  for (const judge of judges) {
    for (const coreSite of ['', hostileFile(assignment)]) {
      tally.readings++;
      const reading = await judge.spark(result, buckets, coreSite);
      const where = `Spark ${judge.version}${coreSite === '' ? '' : ' with a hostile core-site.xml'}`;
      if (isFailure(reading)) {
        report('is read by Spark', where, 'a reading', reading.error);
        continue;
      }
      const compare = (how: string, encryptions: typeof reading.buckets) =>
        compareEncryption({ buckets: encryptions }, assignment, hadoopOf[judge.version], (bucket, expected, got) =>
          report('makes Spark encrypt as assigned', `${where}, ${how} ${bucket}`, expected, got),
        );
      compare('bucket', reading.buckets);
      compare('in an executor, bucket', reading.broadcast);
      for (const { name: catalog, buckets: own, s3 } of reading.catalogs) {
        compare(`catalog ${catalog}, bucket`, own);
        if (judge.version !== '4.1.0' || !declaredCatalogs(before).includes(catalog)) continue;
        tally.catalogs++;
        const due = JSON.stringify([
          {
            method: assignment.algorithm === 'SSE-KMS' ? 'kms' : 'dsse-kms',
            key: 'arn' in assignment.key ? assignment.key.arn : '',
          },
        ]);
        if (JSON.stringify(s3) !== due) report('makes Iceberg encrypt as assigned', `${where}, ${catalog}`, due, s3);
      }
    }
  }
}

/** Whether a refusal has the cause it names; null where java.util.Properties throws. What is overridden is one, too. */
function hasCause(reason: RefusalReason, pairs: readonly Pair[] | null, assignment: Assignment): boolean {
  if (reason === 'Malformed') return pairs === null;
  if (pairs === null) return false;
  switch (reason) {
    case 'OtherEncryptionInUse':
      return pairs.some(([name, value]) => /cse\./.test(name) || /SSE-C|CSE-|custom|\$\{|[\w+/]{43}=/iu.test(value));
    case 'ClearTextFallbackOff':
      return pairs.some(([name, value]) => /clear-text-fallback/.test(name + value));
    case 'CannotBeCut':
      return pairs.some(([name, value]) => /JavaOptions|_OPT/.test(name) && /encryption|sse/.test(value));
    case 'NotProvable':
      return assignment.enforcement === 'Strict';
    default:
      return false;
  }
}

/** Whether a file that sets another encryption for a bucket that isn't left alone came through. */
function setsOtherEncryption(before: Properties, assignment: Assignment): boolean {
  return Object.entries(before).some(([name, value]) => {
    const hadoop = hadoopName(name);
    return (
      hadoop !== undefined &&
      isEncryptionProperty(hadoop) &&
      rulingOf(name, assignment) === 'ruled' &&
      /algorithm$/.test(hadoop) &&
      /^\s*(?:SSE-C|CSE-\w+)\s*$/i.test(value)
    );
  });
}
