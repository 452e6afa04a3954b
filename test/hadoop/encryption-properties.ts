/**
 * The encryption properties once more, written down independently of src, so that a slip there is a disagreement here.
 */
import type { Algorithm, Assignment, BucketRule, Key } from '../../src/core/assignment/resolve.ts';
import type { HadoopVersion } from './jars.ts';
import type { Encryption, Reading } from './judge.ts';

const shortForms = [
  ...['encryption.algorithm', 'server-side-encryption-algorithm'],
  ...['encryption.key', 'server-side-encryption.key', 'server-side-encryption-key'],
];
const longForms = shortForms.filter((form) => !form.endsWith('n-key')).map((form) => `fs.s3a.${form}`);

const encryptionProperty = new RegExp(
  `^fs\\.s3a\\.(?:bucket\\.(.+)\\.)?(${shortForms.map((form) => form.replaceAll('.', '\\.')).join('|')})$`,
  's',
);

/** Whether a name is an encryption property as soon as anything trims it. */
export function isEncryptionProperty(name: string): boolean {
  return encryptionProperty.test(trim(name));
}

/** The buckets that an encryption property may be for: none for all, and two where it is the long form of the second. */
export function bucketsNamed(name: string): string[] {
  const [, bucket, form = ''] = encryptionProperty.exec(trim(name)) ?? [];
  if (bucket === undefined) return [];
  return form.endsWith('n-key') ? [bucket] : withStem(bucket);
}

/** A bucket called `b.fs.s3a` and `b`: the short names of the first are the long names of the second. */
export function withStem(bucket: string): string[] {
  return bucket.endsWith('.fs.s3a') && bucket.length > 7 ? [bucket, bucket.slice(0, -7)] : [bucket];
}

/** Whether an encryption property is the workload's: each bucket that it may be for is left alone. */
export function isLeftAlone(name: string, unmanaged: ReadonlySet<string>): boolean {
  const buckets = bucketsNamed(name);
  return buckets.length > 0 && buckets.every((bucket) => unmanaged.has(bucket));
}

/** The buckets that files have encryption settings for. */
export function bucketsOf(readings: readonly Pick<Reading, 'properties' | 'finals'>[]): string[] {
  const names = readings.flatMap(({ properties, finals }) => [...Object.keys(properties ?? {}), ...(finals ?? [])]);
  return [...new Set(names.flatMap(bucketsNamed))].filter((name) => !/[,\t\r\n]/.test(name));
}

/** The rule for a bucket: its own, or that of a bucket with a key whose long names are its short ones. */
export function ruleFor({ buckets }: Assignment, bucket: string): BucketRule | undefined {
  const [own, stem] = withStem(bucket).map((wanted) => buckets.find(({ name }) => name === wanted));
  return own ?? (stem !== undefined && 'key' in stem ? stem : undefined);
}

/** What S3A must encrypt with for a bucket whose rule isn't `unmanaged`. */
export function expectedEncryption(assignment: Assignment, bucket: string, version: HadoopVersion): Encryption {
  if (assignment.algorithm === 'DSSE-KMS' && (version === '2.10.2' || version === '3.3.1')) {
    return { error: 'unknown algorithm' };
  }
  const rule = ruleFor(assignment, bucket);
  const key = rule !== undefined && 'key' in rule ? rule.key : assignment.key;
  return { method: assignment.algorithm.replace('-', '_'), key: 'arn' in key ? key.arn : '' };
}

export function isExpected(got: Encryption, expected: Encryption): boolean {
  if ('error' in got || 'error' in expected) {
    return 'error' in got && 'error' in expected && /algorithm DSSE-KMS/.test(got.error);
  }
  return got.method === expected.method && got.key === expected.key;
}

/** A file with nothing but what an assignment wants. */
export function wantedFile(assignment: Assignment): string {
  return configuration([
    ...settings('fs.s3a.', shortForms, assignment.algorithm, assignment.key),
    ...assignment.buckets.flatMap((rule) =>
      'key' in rule
        ? settings(`fs.s3a.bucket.${rule.name}.`, [...shortForms, ...longForms], assignment.algorithm, rule.key)
        : [],
    ),
  ]);
}

/** A later resource that sets every encryption property that an assignment sets to something else, finally. */
export function hostileFile(assignment: Assignment): string {
  const names = [
    ...shortForms.map((form) => `fs.s3a.${form}`),
    ...assignment.buckets.flatMap((rule) =>
      'key' in rule ? [...shortForms, ...longForms].map((form) => `fs.s3a.bucket.${rule.name}.${form}`) : [],
    ),
  ];
  return configuration(names.map((name) => property(name, name.endsWith('algorithm') ? 'AES256' : 'arn:BAD')));
}

function settings(prefix: string, forms: readonly string[], algorithm: Algorithm, key: Key): string[] {
  const value = 'arn' in key ? key.arn : ' ';
  return forms.map((form) => property(prefix + form, form.endsWith('algorithm') ? algorithm : value));
}

function property(name: string, value: string): string {
  return `<property><name>${name}</name><value>${value}</value><final>true</final></property>`;
}

function configuration(properties: readonly string[]): string {
  return `<configuration>${properties.join('\n')}</configuration>`;
}

/** As Java trims. */
export function trim(name: string): string {
  return name.replace(/^[\0- ]+|[\0- ]+$/g, '');
}
