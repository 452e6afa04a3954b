/**
 * What one version of Hadoop makes of a trial's file before and after the plan, against what was promised.
 */
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { effectiveValues } from '../../../src/core/clients/s3a/configuration.ts';
import { propertiesOf, readDocument } from '../../../src/core/clients/s3a/document.ts';
import { compareEncryption, compareOthers, isOurs, unmanagedBuckets } from '../compare.ts';
import { bucketsNamed, bucketsOf, isEncryptionProperty, isLeftAlone, trim } from '../encryption-properties.ts';
import type { HadoopVersion } from '../jars.ts';
import { type Failure, isFailure, type KnownCompliance, type Mode, type Question, type Reading } from '../judge.ts';
import { bucketsOfContext, contextFault, isRuledContext } from './context.ts';
import { isMarkedAsOurs } from './hidden.ts';
import { leftAlone, planText } from './plan-file.ts';
import type { Report, Trial } from './trial.ts';

/** A bucket that no document and no assignment names. */
const plainBucket = 'any-bucket';

/** Where the trial's files are, and who reads them. */
export interface Reader {
  readonly version: HadoopVersion;
  ask(question: Question): Promise<KnownCompliance>;
  /** The path of a file with this content, the same path for the same content. */
  write(content: string | Uint8Array): Promise<string>;
}

/** What the version reads in the file as it was; `undefined` for modes that weren't asked for is no part of it. */
export async function readTrial(trial: Trial, reader: Reader, report: Report): Promise<Reading | Failure> {
  const { subject, plan, result } = trial;
  const original = await reader.write(subject.bytes);
  const { asWritten: before } = await reader.ask({ modes: ['asWritten'], buckets: [], files: [original] });
  compareScanner(trial, before, reader.version, report);
  if (plan.kind === 'refused') {
    if (plan.reason === 'Malformed' && !isFailure(before) && !isLenient(trial))
      report('refuses nothing without the cause it names', reader.version, 'readable', 'Malformed');
    return before;
  }
  if (isFailure(before)) {
    if (plan !== leftAlone && !isOfInclude(before, trial, original))
      report('refuses what Hadoop cannot read', reader.version, before.error, plan.kind);
    return before;
  }
  checkOtherEncryption(trial, before, report);
  // What is left alone may be no UTF-8.
  if (result === null && plan !== leftAlone) throw new Error('a plan that is not refused has a result');
  const path = result === null ? original : await reader.write(result);
  await Promise.all([
    checkOthers(trial, before, path, reader, report),
    checkEncryption(trial, before, path, reader, report),
    checkUnmanaged(trial, before, original, path, reader, report),
  ]);
  return before;
}

/**
 * What Woodstox reads though XML forbids it, and what is refused all the same: a `]]>` in text where its buffer of 4,000
 * characters ends, and control characters as white space in the declaration.
 */
function isLenient({ text, plan }: Trial): boolean {
  if (text === null || plan.kind !== 'refused') return false;
  const line = text.split(/\r\n|\n|\r/)[plan.line - 1] ?? '';
  return line.startsWith(']]>', plan.column - 1) || /^\ufeff?<\?xml[^>]*[^\P{Cc}\t\n\r]/u.test(text);
}

/** The file is well formed, but one that it includes isn't there, or isn't: Woodstox names the file where the fault is. */
function isOfInclude({ error }: Failure, { text }: Trial, original: string): boolean {
  return /include/.test(text ?? '') && (/Fetch fail on include/.test(error) || !error.includes(original));
}

/** The scanner and the state machine alone, where one file decides what is read. */
function compareScanner({ text }: Trial, before: Reading | Failure, version: HadoopVersion, report: Report): void {
  const read = text === null ? undefined : readDocument(text);
  if (read === undefined || !read.ok) return;
  const { document } = read;
  if (document.strayFallback !== null || document.includes.length > 0) return;
  const properties = propertiesOf(document, version.startsWith('2.') ? 'hadoop-2' : 'hadoop-3');
  const finals = properties.filter(({ final }) => final).map(({ name }) => name);
  const got = canonical([...effectiveValues(properties)], finals);
  const expected = isFailure(before)
    ? before.error
    : canonical(Object.entries(before.properties ?? {}), before.finals ?? []);
  if (got !== expected) report('reads a file as Hadoop reads it', version, expected, got);
}

function canonical(values: readonly (readonly [string, string])[], finals: readonly string[]): string {
  return JSON.stringify([[...values].sort(([a], [b]) => (a < b ? -1 : 1)), [...new Set(finals)].sort()]);
}

/** Encryption with a key that AWS doesn't keep, and such a key, are never touched. */
function checkOtherEncryption({ subject, plan }: Trial, before: Reading, report: Report): void {
  const unmanaged = unmanagedBuckets(subject.assignment);
  for (const [name, value] of Object.entries({ ...before.properties, ...before.expanded })) {
    if (!isEncryptionProperty(name) || isLeftAlone(name, unmanaged)) continue;
    const own = trim(name).endsWith('algorithm') ? /^(?:SSE-C|CSE-KMS|CSE-CUSTOM)$/iu : /^[\w+/]{43}=$/;
    if (own.test(trim(value))) report('never touches a file that encrypts by other means', name, 'refused', plan.kind);
  }
}

async function checkOthers(
  { subject, text }: Trial,
  before: Reading,
  path: string,
  reader: Reader,
  report: Report,
): Promise<void> {
  const { asWritten: after } = await reader.ask({ modes: ['asWritten'], buckets: [], files: [path] });
  compareOthers(before, after, subject.assignment, (name, expected, got) => {
    if (isRuledContext(name, subject.assignment)) return;
    if (/encryption/.test(name) && isMarkedAsOurs(name, text ?? '')) return; // an earlier assignment's, which goes
    report('keeps every other property and its finality', `${reader.version} ${name}`, expected, got);
  });
}

async function checkEncryption(
  { subject, provable }: Trial,
  before: Reading,
  path: string,
  reader: Reader,
  report: Report,
): Promise<void> {
  if (provable === 'none') return;
  const { assignment, dataKey, way } = subject;
  const unmanaged = unmanagedBuckets(assignment);
  const ruled = [plainBucket, ...assignment.buckets.map(({ name }) => name).filter((name) => !unmanaged.has(name))];
  const named = bucketsOf([before]).filter((name) => !unmanaged.has(name) && provable === 'all');
  const first = dataKey === 'core-site.xml' ? [] : [await reader.write(wantedFile(assignment))];
  const modes: readonly Mode[] = ['plain', way];
  const alone = { modes, buckets: [...new Set([...ruled, ...named])], files: [...first, path] };
  const attacked = { modes, buckets: ruled, files: [...alone.files, await reader.write(subject.later)] };
  const sentence =
    first.length > 0
      ? 'takes every setting out of a file that is loaded later'
      : 'makes every version encrypt as assigned';
  for (const [question, promise] of [
    [alone, sentence],
    [attacked, 'stands against a later file that wants something else'],
  ] as const) {
    const verdict = await reader.ask(question);
    for (const mode of modes) {
      compareEncryption(verdict[mode], assignment, reader.version, (bucket, expected, got) =>
        report(promise, `${reader.version} ${mode} ${bucket}`, expected, got),
      );
      const reading = verdict[mode];
      for (const [bucket, encryption] of isFailure(reading) ? [] : Object.entries(reading.buckets)) {
        const fault = contextFault(encryption, assignment, bucket, reader.version);
        if (fault) report(promise, `${reader.version} ${mode} ${bucket} context`, fault.expected, fault.got);
      }
    }
  }
}

/** A core-site.xml with nothing but what the assignment wants. */
function wantedFile(assignment: Assignment): string {
  const plan = planText('<configuration/>', { ...assignment, enforcement: 'Enforce' }, 'core-site.xml');
  if (plan.kind !== 'change') throw new Error(`an empty file is ${plan.kind}`);
  return plan.result;
}

/**
 * For a bucket that is left alone the file says what it said, over what the assignment wants for all; but for the long forms,
 * which another bucket would read, too.
 */
async function checkUnmanaged(
  { subject, provable }: Trial,
  before: Reading,
  original: string,
  path: string,
  reader: Reader,
  report: Report,
): Promise<void> {
  const { assignment, dataKey } = subject;
  const unmanaged = unmanagedBuckets(assignment);
  const names = [...Object.keys(before.properties ?? {}), ...(before.finals ?? [])];
  const cut = new Set([
    ...names.filter((name) => isShared(name, unmanaged)).flatMap(bucketsNamed),
    ...names.filter((name) => isRuledContext(name, assignment)).flatMap(bucketsOfContext),
  ]);
  const buckets = [...unmanaged].filter((name) => !cut.has(name));
  const ours = Object.keys(before.sources ?? {}).some((name) => isOurs(before, name));
  if (buckets.length === 0 || provable !== 'all' || ours) return;
  const wanted = await reader.write(wantedFile(assignment));
  const files = dataKey === 'core-site.xml' ? [path] : [wanted, path];
  const [own, reference] = await Promise.all(
    [files, [wanted, original]].map(async (files) => {
      const { plain } = await reader.ask({ modes: ['plain'], buckets, files });
      return JSON.stringify(isFailure(plain) ? plain : plain.buckets);
    }),
  );
  if (own !== reference)
    report('leaves the encryption of an unmanaged bucket alone', reader.version, `${reference}`, `${own}`);
}

function isShared(name: string, unmanaged: ReadonlySet<string>): boolean {
  return bucketsNamed(name).length > 1 && !isLeftAlone(name, unmanaged);
}
