/**
 * What `explain` says against what a judge says, for one bucket.
 */

import { javaTrim } from '../../../src/core/clients/s3a/configuration.ts';
import { type Configuration, explain } from '../../../src/core/explain/explain.ts';
import type { Encryption, Failure, Reading } from '../judge.ts';

export interface Disagreement {
  readonly document: string;
  readonly version: string;
  readonly bucket: string;
  readonly explained: string;
  readonly judged: string;
}

/** How readings came out. Where `explain` has a doubt, and says so, another answer is no disagreement. */
export interface Tally {
  readings: number;
  agreed: number;
  /** Files that neither reads. */
  unreadable: number;
  /** Files that only Hadoop reads: a DOCTYPE, another encoding. `explain` says so and answers nothing. */
  notReadHere: number;
  /** Answered otherwise, with the doubt that explains it, by its kind. */
  readonly doubted: Map<string, number>;
  readonly disagreements: Disagreement[];
}

export function startTally(): Tally {
  return { readings: 0, agreed: 0, unreadable: 0, notReadHere: 0, doubted: new Map(), disagreements: [] };
}

export function describe({ readings, agreed, unreadable, notReadHere, doubted, disagreements }: Tally): string {
  const doubts = [...doubted].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none';
  return `${readings} readings: ${agreed} agreed, ${unreadable} of files that neither reads, ${notReadHere} of files that only Hadoop reads, otherwise with a doubt that was told: ${doubts}; ${disagreements.length} disagreements`;
}

type Judged = Reading | Failure;

/** Adds to the tally what a judge and `explain` say of these buckets; null for one without settings of its own. */
export function compareReading(
  tally: Tally,
  where: Pick<Disagreement, 'document' | 'version'>,
  read:
    | { readonly ok: true; readonly configuration: Configuration }
    | { readonly ok: false; readonly forHadoop: boolean },
  buckets: readonly (readonly [asked: string, explained: string | null])[],
  judged: Judged,
  /** False for a judge that leaves out the encryption context. */
  tellsContext = true,
): void {
  const differ = (bucket: string, explained: string, got: string) =>
    tally.disagreements.push({ ...where, bucket, explained, judged: got });
  for (const [asked, bucket] of buckets) {
    tally.readings++;
    if (!read.ok) {
      if ('error' in judged) tally.unreadable++;
      else if (!read.forHadoop) tally.notReadHere++;
      else differ(asked, 'unreadable', JSON.stringify(judged.buckets[asked]));
      continue;
    }
    const { encryption, settings, doubts } = explain(read.configuration, bucket);
    const got = 'error' in judged ? judged : judged.buckets[asked];
    const said = toJudged(encryption, tellsContext ? settings.context.value : '');
    const isSame = said !== null && got !== undefined && same(said, got);
    const picksOne = encryption === null && got !== undefined && isCandidate(settings, got);
    const doubt =
      doubts.find(({ kind }) => kind !== 'order')?.kind ?? (usesVariable(settings) ? 'variable' : undefined);
    if (isSame) tally.agreed++;
    else if (picksOne) count(tally.doubted, 'order');
    else if (doubt !== undefined) count(tally.doubted, doubt);
    else differ(asked, JSON.stringify(said), JSON.stringify(got));
  }
}

/** The judge of Spark leaves out that a driver's properties are system properties, too, which variables are replaced by. */
function usesVariable({ algorithm, key, context }: Explained['settings']): boolean {
  return [algorithm, key, context].some(({ by }) => by?.set === true && by.value?.includes('${'));
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

type Explained = ReturnType<typeof explain>;

function toJudged(encryption: Explained['encryption'], context: string): Encryption | null {
  if (encryption === null) return null;
  if (encryption.kind === 'refused') return { error: encryption.message };
  const method = encryption.kind === 'none' ? 'NONE' : methods[encryption.method];
  return { method, key: encryption.key, context };
}

const methods = {
  AES256: 'SSE_S3',
  'SSE-KMS': 'SSE_KMS',
  'DSSE-KMS': 'DSSE_KMS',
  'SSE-C': 'SSE_C',
  'CSE-KMS': 'CSE_KMS',
  'CSE-CUSTOM': 'CSE_CUSTOM',
} as const;

function same(said: Encryption, got: Encryption): boolean {
  if ('error' in said || 'error' in got)
    return 'error' in said && 'error' in got && kindOf(said.error) === kindOf(got.error);
  return said.method === got.method && said.key === got.key && pairsOf(said.context) === decode(got.context);
}

/** Why S3A refuses to start; its own words differ by version. */
function kindOf(error: string): string {
  if (/know the algorithm|Unknown .*algorithm/.test(error)) return 'algorithm';
  if (/context|key-value pairs/.test(error)) return 'context';
  if (/no key is set|no encryption key|SSE-C is enabled|is set to SSE-C/i.test(error)) return 'keyMissing';
  return /takes no key|AES256 is enabled|SSE-S3|AES256/.test(error) ? 'keyNotAllowed' : error;
}

function pairsOf(context: string | undefined): string {
  const pairs = (context ?? '').split(/\s*[,\n]\s*/).filter((pair) => pair !== '');
  return toText(Object.fromEntries(pairs.map((pair) => pair.split(/\s*=\s*/))));
}

function decode(context: string | undefined): string {
  return context === undefined ? '[]' : toText(JSON.parse(Buffer.from(context, 'base64').toString('utf8')));
}

function toText(pairs: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(pairs).sort());
}

/** Where the order of a hash table decides, what the judge says is one of the values. */
function isCandidate({ algorithm, key }: Explained['settings'], got: Encryption): boolean {
  if ('error' in got) return true;
  const keys = key.candidates.length > 0 ? key.candidates.map(({ value }) => javaTrim(value)) : [key.value];
  const found =
    algorithm.candidates.length > 0 ? algorithm.candidates.map(({ value }) => javaTrim(value)) : [algorithm.value];
  const name = Object.entries(methods).find(([, method]) => method === got.method)?.[0] ?? '';
  return keys.includes(got.key) && found.some((value) => value.toUpperCase() === name);
}
