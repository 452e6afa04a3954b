/**
 * The encryption family: every property name that decides how S3A encrypts, in any version of Hadoop since 2.10, and
 * the ones that our assignment wants to see.
 */
import type { Algorithm, BucketRule, Key } from '../assignment.ts';
import { javaTrim } from './configuration.ts';

/**
 * The names behind `fs.s3a.`, each for all buckets and, behind `fs.s3a.bucket.B.`, for one. Judged by the jars:
 *
 * | name                             | setting   | read by                                           | long form too |
 * |----------------------------------|-----------|---------------------------------------------------|---------------|
 * | server-side-encryption-algorithm | algorithm | all; 3.3.2 and later take it for the present name | 3.x           |
 * | server-side-encryption.key       | key       | all; likewise                                     | 3.x           |
 * | encryption.algorithm             | algorithm | 3.3.2 and later                                   | 3.3.2         |
 * | encryption.key                   | key       | 3.3.2 and later                                   | 3.3.2         |
 * | server-side-encryption-key       | key       | 2.10 to 3.1 take it for the second                | no            |
 *
 * The long form is `fs.s3a.bucket.B.fs.s3a.NAME`. Where a bucket has both, 2.10 reads the short one, 3.x the long one.
 */
const names: readonly { readonly name: string; readonly setting: Setting; readonly long: boolean }[] = [
  { name: 'server-side-encryption-algorithm', setting: 'algorithm', long: true },
  { name: 'server-side-encryption.key', setting: 'key', long: true },
  { name: 'encryption.algorithm', setting: 'algorithm', long: true },
  { name: 'encryption.key', setting: 'key', long: true },
  { name: 'server-side-encryption-key', setting: 'key', long: false },
];

export type Setting = 'algorithm' | 'key';

const s3a = 'fs.s3a.';
const bucketPrefix = 'fs.s3a.bucket.';

/** A name of the family: which setting, and for one bucket or (null) for all. */
export interface Member {
  readonly setting: Setting;
  readonly bucket: string | null;
}

/** What may stand behind `fs.s3a.` or behind `fs.s3a.bucket.B.`, the long forms first. */
const bucketForms = [
  ...names.filter(({ long }) => long).map(({ name, setting }) => ({ form: s3a + name, setting })),
  ...names.map(({ name, setting }) => ({ form: name, setting })),
];

/**
 * The family member that a property name is, or null. Names are compared trimmed as Java trims: an attribute's
 * untrimmed name takes effect per bucket at once, and for all once Hadoop writes and reloads the file. Bucket names may
 * contain dots; `fs.s3a.bucket.B.fs.s3a.encryption.key` is read as B's, not as that of a bucket `B.fs.s3a`.
 */
export function toMember(name: string): Member | null {
  const trimmed = javaTrim(name);
  if (!trimmed.startsWith(s3a)) return null;
  if (!trimmed.startsWith(bucketPrefix)) {
    const known = names.find(
      (candidate) => trimmed.length === s3a.length + candidate.name.length && trimmed.endsWith(candidate.name),
    );
    return known === undefined ? null : { setting: known.setting, bucket: null };
  }
  for (const { form, setting } of bucketForms) {
    const end = trimmed.length - form.length - 1;
    if (end > bucketPrefix.length && trimmed.endsWith(`.${form}`)) {
      return { setting, bucket: trimmed.slice(bucketPrefix.length, end) };
    }
  }
  return null;
}

/** A property that we write, always final. */
export interface WantedProperty {
  readonly name: string;
  readonly value: string;
}

/** What Hadoop trims to "no key", and what survives its own writeXml, which a missing value does not. */
const noKey = ' ';

/**
 * The properties that have to stand first: for all buckets, and for each bucket with a key of its own in every form, so
 * that no other form of a later resource decides.
 */
export function wantedProperties(algorithm: Algorithm, key: Key, buckets: readonly BucketRule[]): WantedProperty[] {
  const wanted = names.map(({ name, setting }) => ({ name: s3a + name, value: wantedValue(setting, algorithm, key) }));
  for (const rule of buckets) {
    if (!('key' in rule)) continue;
    for (const { form, setting } of bucketForms) {
      wanted.push({ name: `${bucketPrefix}${rule.name}.${form}`, value: wantedValue(setting, algorithm, rule.key) });
    }
  }
  return wanted;
}

function wantedValue(setting: Setting, algorithm: Algorithm, key: Key): string {
  if (setting === 'algorithm') return algorithm;
  return 'arn' in key ? key.arn : noKey;
}
