/**
 * Encryption properties: every property name that decides how S3A encrypts, in any version of Hadoop since 2.10, and the
 * properties that an assignment needs.
 */
import type { Algorithm, Encryption, EncryptionContext, Key } from '../../assignment/resolve.ts';

/**
 * The names after `fs.s3a.` (for all buckets) and after `fs.s3a.bucket.B.` (for one). Tests compare this table with the jars:
 *
 * | name                             | setting   | read by                                           | long form too |
 * |----------------------------------|-----------|---------------------------------------------------|---------------|
 * | server-side-encryption-algorithm | algorithm | all; 3.3.2 and later take it for the present name | 3.x           |
 * | server-side-encryption.key       | key       | all; likewise                                     | 3.x           |
 * | encryption.algorithm             | algorithm | 3.3.2 and later                                   | 3.3.2         |
 * | encryption.key                   | key       | 3.3.2 and later                                   | 3.3.2         |
 * | server-side-encryption-key       | key       | 2.10 to 3.1 read it as server-side-encryption.key | no            |
 * | encryption.context               | context   | 3.5.0                                             | 3.5.0         |
 *
 * The long form is `fs.s3a.bucket.B.fs.s3a.NAME`. Where a bucket has both, 2.10 reads the short one, 3.x the long one.
 */
const names: readonly { readonly name: string; readonly setting: EncryptionSetting; readonly long: boolean }[] = [
  { name: 'server-side-encryption-algorithm', setting: 'algorithm', long: true },
  { name: 'server-side-encryption.key', setting: 'key', long: true },
  { name: 'encryption.algorithm', setting: 'algorithm', long: true },
  { name: 'encryption.key', setting: 'key', long: true },
  { name: 'server-side-encryption-key', setting: 'key', long: false },
  { name: 'encryption.context', setting: 'context', long: true },
];

export type EncryptionSetting = 'algorithm' | 'key' | 'context';

const s3a = 'fs.s3a.';
const bucketPrefix = 'fs.s3a.bucket.';

/** What an encryption property sets: which setting, and for one bucket or (null) for all. */
export interface EncryptionProperty {
  readonly setting: EncryptionSetting;
  readonly bucket: string | null;
}

/** One map key for all names of a setting of a bucket. Bucket names have no blanks, so keys are unique. */
export function toSettingKey({ setting, bucket }: EncryptionProperty): string {
  return bucket === null ? setting : `${setting} ${bucket}`;
}

/** The forms after `fs.s3a.bucket.B.`, the long ones first. */
const bucketForms = [
  ...names.filter(({ long }) => long).map(({ name, setting }) => ({ form: s3a + name, setting })),
  ...names.map(({ name, setting }) => ({ form: name, setting })),
];

const bucketSuffixes = bucketForms.map(({ form, setting }) => ({ suffix: `.${form}`, setting }));

/**
 * The meanings of a name (trimmed as Java trims) as an encryption property: none, one, or two. Bucket names may contain dots:
 * `fs.s3a.bucket.B.fs.s3a.encryption.key` is the long form for B, and the short form for a bucket called `B.fs.s3a`.
 */
export function toEncryptionProperties(trimmed: string): readonly EncryptionProperty[] {
  if (!trimmed.startsWith(s3a)) return noProperties;
  if (!trimmed.startsWith(bucketPrefix)) {
    const known = names.find(
      (candidate) => trimmed.length === s3a.length + candidate.name.length && trimmed.endsWith(candidate.name),
    );
    return known === undefined ? noProperties : [{ setting: known.setting, bucket: null }];
  }
  return bucketSuffixes
    .filter(({ suffix }) => trimmed.length - suffix.length > bucketPrefix.length && trimmed.endsWith(suffix))
    .map(({ suffix, setting }) => ({ setting, bucket: trimmed.slice(bucketPrefix.length, -suffix.length) }));
}

const noProperties: readonly EncryptionProperty[] = [];

/** The first of `toEncryptionProperties`: for callers that need the setting only, and for names that we write ourselves. */
export function toEncryptionProperty(trimmed: string): EncryptionProperty | null {
  return toEncryptionProperties(trimmed)[0] ?? null;
}

/** The names of a setting for all buckets. */
export function globalNames(setting: EncryptionSetting): readonly string[] {
  return names.filter((one) => one.setting === setting).map(({ name }) => s3a + name);
}

/** A property that we write, always final. */
export interface WantedProperty {
  readonly name: string;
  readonly value: string;
  /** The text of `<source>`; default: the assignment. */
  readonly source?: string;
}

/** An empty value: Hadoop trims it to nothing, and its own writeXml keeps it, which it doesn't for a missing value. */
export const nothing = ' ';

/** Every name that decides a setting of a bucket. */
export function namesOfBucket(bucket: string): { readonly name: string; readonly setting: EncryptionSetting }[] {
  return bucketForms.map(({ form, setting }) => ({ name: `${bucketPrefix}${bucket}.${form}`, setting }));
}

/**
 * The properties that must stand first: for all buckets, and in every form for each bucket with its own key, so that no other
 * form in a later resource decides. A bucket without its own context has the one for all buckets.
 */
export function wantedProperties(encryption: Encryption): WantedProperty[] {
  const { algorithm, key, encryptionContext = null, buckets } = encryption;
  const wanted: WantedProperty[] = [];
  const want = (name: string, value: string | null) => {
    if (value !== null) wanted.push({ name, value });
  };
  for (const { name, setting } of names) want(s3a + name, wantedValue(setting, algorithm, key, encryptionContext));
  for (const rule of buckets) {
    if (!('key' in rule)) continue;
    for (const { form, setting } of bucketForms) {
      const value = wantedValue(setting, algorithm, rule.key, rule.encryptionContext ?? encryptionContext);
      want(`${bucketPrefix}${rule.name}.${form}`, value);
    }
  }
  return wanted;
}

/** Null where nothing is wanted. */
function wantedValue(
  setting: EncryptionSetting,
  algorithm: Algorithm,
  key: Key,
  context: EncryptionContext,
): string | null {
  switch (setting) {
    case 'algorithm':
      return algorithm;
    case 'key':
      return 'arn' in key ? key.arn : nothing;
    case 'context':
      return context && toContext(context);
  }
}

/** In S3A's form, `k1=v1,k2=v2`. Sorted, so that equal contexts are equal texts. */
function toContext(context: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(context).map(([name, value]) => `${name}=${value}`);
  return pairs.sort().join(',') || nothing;
}

/** Whether the assignment decides the setting. It decides the context only where it gives one for all buckets, or for that bucket. */
export function isRuled({ setting, bucket }: EncryptionProperty, { encryptionContext, buckets }: Encryption): boolean {
  if (setting !== 'context' || (encryptionContext ?? null) !== null) return true;
  return buckets.some((rule) => rule.name === bucket && 'key' in rule && (rule.encryptionContext ?? null) !== null);
}
