/**
 * What a reading says against what it has to say.
 */
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { expectedEncryption, isEncryptionProperty, isExpected, isLeftAlone } from './encryption-properties.ts';
import type { HadoopVersion } from './jars.ts';
import { type Failure, isFailure, type Reading } from './judge.ts';

export type Differ = (where: string, expected: string, got: string) => void;

/** Every bucket of the reading must be encrypted as the assignment says; none of them is unmanaged. */
export function compareEncryption(
  reading: Reading | Failure,
  assignment: Assignment,
  version: HadoopVersion,
  differ: Differ,
): void {
  if (isFailure(reading)) {
    differ('', 'readable', reading.error);
    return;
  }
  for (const [bucket, got] of Object.entries(reading.buckets)) {
    if ('error' in got && isOfContext(got.error)) continue;
    const expected = expectedEncryption(assignment, bucket, version);
    if (!isExpected(got, expected)) differ(bucket, JSON.stringify(expected), JSON.stringify(got));
  }
}

/** A context that makes no sense stops S3A; one that the assignment doesn't give is left to the workload. */
function isOfContext(error: string): boolean {
  return error.includes('does not correctly represent non-empty key-value pairs');
}

/** Value and finality of every property that isn't the assignment's to decide. */
export function compareOthers(
  before: Reading | undefined,
  after: Reading | Failure,
  assignment: Assignment,
  differ: Differ,
): void {
  if (isFailure(after)) {
    differ('', 'readable', after.error);
    return;
  }
  const unmanaged = unmanagedBuckets(assignment);
  const namesOf = ({ properties = {}, finals = [] }: Partial<Reading> = {}): string[] => [
    ...Object.keys(properties),
    ...finals,
  ];
  for (const name of new Set([...namesOf(before), ...namesOf(after)])) {
    if (isEncryptionProperty(name) && (!isLeftAlone(name, unmanaged) || isOurs(before, name))) continue;
    const [expected, got] = [describe(before, name), describe(after, name)];
    if (expected !== got) differ(name, expected, got);
  }
}

/** Written by an assignment, so that it goes when its bucket is left alone. */
export function isOurs(reading: Reading | undefined, name: string): boolean {
  return reading?.sources?.[name]?.startsWith('KmsKeyAssignment/') ?? false;
}

export function unmanagedBuckets({ buckets }: Assignment): ReadonlySet<string> {
  return new Set(buckets.filter((rule) => 'unmanaged' in rule).map(({ name }) => name));
}

function describe(reading: Reading | undefined, name: string): string {
  const value = JSON.stringify(reading?.properties?.[name] ?? null);
  return reading?.finals?.includes(name) ? `${value}, final` : value;
}
