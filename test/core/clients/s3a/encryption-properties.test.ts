/**
 * Encryption properties: which names are some, and which we write.
 */

import { describe, expect, it } from 'vitest';
import type { BucketRule, Encryption } from '../../../../src/core/assignment/resolve.ts';
import { javaTrim } from '../../../../src/core/clients/s3a/configuration.ts';
import {
  isRuled,
  toEncryptionProperty,
  wantedProperties,
} from '../../../../src/core/clients/s3a/encryption-properties.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const other = 'arn:aws:kms:eu-central-1:360379543683:key/5a3b4c1d-22f0-4d7e-9a61-0c8f6e2d7b90';

/** A name as `setting` or `setting of bucket`. */
function meaningOf(name: string): string | null {
  const found = toEncryptionProperty(javaTrim(name));
  if (found === null) return null;
  return found.bucket === null ? found.setting : `${found.setting} of ${found.bucket}`;
}

/** SSE-KMS with the first key, and rules for some buckets. */
function keyed(buckets: readonly BucketRule[]): Encryption {
  return { algorithm: 'SSE-KMS', key: { arn }, buckets };
}

describe('an encryption property', () => {
  it.each([
    ['fs.s3a.server-side-encryption-algorithm', 'algorithm'],
    ['fs.s3a.server-side-encryption.key', 'key'],
    ['fs.s3a.server-side-encryption-key', 'key'],
    ['fs.s3a.encryption.algorithm', 'algorithm'],
    ['fs.s3a.encryption.key', 'key'],
    [' \tfs.s3a.encryption.key\n', 'key'],
    ['fs.s3a.bucket.b.encryption.key', 'key of b'],
    ['fs.s3a.bucket.b.encryption.algorithm', 'algorithm of b'],
    ['fs.s3a.bucket.b.server-side-encryption.key', 'key of b'],
    ['fs.s3a.bucket.b.server-side-encryption-key', 'key of b'],
    ['fs.s3a.bucket.b.server-side-encryption-algorithm', 'algorithm of b'],
    ['fs.s3a.bucket.b.fs.s3a.encryption.key', 'key of b'],
    ['fs.s3a.bucket.b.fs.s3a.encryption.algorithm', 'algorithm of b'],
    ['fs.s3a.bucket.b.fs.s3a.server-side-encryption.key', 'key of b'],
    ['fs.s3a.bucket.b.fs.s3a.server-side-encryption-algorithm', 'algorithm of b'],
    ['fs.s3a.bucket.b.encryption.key ', 'key of b'],
    ['fs.s3a.bucket.logs.example.com.encryption.key', 'key of logs.example.com'],
    ['fs.s3a.bucket.a.encryption.key.encryption.key', 'key of a.encryption.key'],
    ['fs.s3a.bucket.a.fs.s3a.fs.s3a.encryption.key', 'key of a.fs.s3a'],
    ['fs.s3a.bucket.bucket.encryption.key', 'key of bucket'],
    ['fs.s3a.bucket..encryption.key', null],
    // the dash has no long form, so this is the short one of a bucket that is called so
    ['fs.s3a.bucket.b.fs.s3a.server-side-encryption-key', 'key of b.fs.s3a'],
  ])('%j is the %s', (name, expected) => expect(meaningOf(name)).toBe(expected));

  it.each([
    '',
    'fs.s3a.',
    'fs.s3a.encryption',
    'fs.s3a.encryption.key.x',
    'fs.s3a.encryption-key',
    'fs.s3a.encryption.contexts',
    'fs.s3a.server-side-encryption.algorithm',
    'fs.s3a.xencryption.key',
    'fs.s3a.x.encryption.key',
    'fs.s3a.fs.s3a.encryption.key',
    'xfs.s3a.encryption.key',
    'fs.s3.encryption.key',
    'Fs.s3a.encryption.key',
    'FS.S3A.ENCRYPTION.KEY',
    '\u00a0fs.s3a.encryption.key',
    'fs.s3a.encryption.key\ufeff',
    'fs.s3a.bucket.encryption.key',
    'fs.s3a.bucket.bencryption.key',
    'fs.s3a.bucket.b.encryption-key',
    'fs.s3a.bucket.b.x',
    'fs.s3a.bucket.',
    '__proto__',
  ])('%j is none', (name) => expect(meaningOf(name)).toBeNull());
});

describe('what we write', () => {
  const names = (properties: readonly { readonly name: string }[]) => properties.map(({ name }) => name);

  it('is the algorithm and the key under every name for all buckets', () => {
    expect(wantedProperties(keyed([]))).toEqual([
      { name: 'fs.s3a.server-side-encryption-algorithm', value: 'SSE-KMS' },
      { name: 'fs.s3a.server-side-encryption.key', value: arn },
      { name: 'fs.s3a.encryption.algorithm', value: 'SSE-KMS' },
      { name: 'fs.s3a.encryption.key', value: arn },
      { name: 'fs.s3a.server-side-encryption-key', value: arn },
    ]);
  });

  it('has one blank for the account default, which Hadoop trims to no key', () => {
    const values = wantedProperties({ algorithm: 'DSSE-KMS', key: { accountDefault: true }, buckets: [] }).map(
      ({ value }) => value,
    );
    expect(values).toEqual(['DSSE-KMS', ' ', 'DSSE-KMS', ' ', ' ']);
  });

  it('has nine names for a bucket with a key of its own, none for an unmanaged one', () => {
    const wanted = wantedProperties(
      keyed([
        { name: 'drop', unmanaged: true },
        { name: 'a.b', key: { arn: other } },
      ]),
    );
    expect(wanted.slice(5)).toEqual([
      { name: 'fs.s3a.bucket.a.b.fs.s3a.server-side-encryption-algorithm', value: 'SSE-KMS' },
      { name: 'fs.s3a.bucket.a.b.fs.s3a.server-side-encryption.key', value: other },
      { name: 'fs.s3a.bucket.a.b.fs.s3a.encryption.algorithm', value: 'SSE-KMS' },
      { name: 'fs.s3a.bucket.a.b.fs.s3a.encryption.key', value: other },
      { name: 'fs.s3a.bucket.a.b.server-side-encryption-algorithm', value: 'SSE-KMS' },
      { name: 'fs.s3a.bucket.a.b.server-side-encryption.key', value: other },
      { name: 'fs.s3a.bucket.a.b.encryption.algorithm', value: 'SSE-KMS' },
      { name: 'fs.s3a.bucket.a.b.encryption.key', value: other },
      { name: 'fs.s3a.bucket.a.b.server-side-encryption-key', value: other },
    ]);
  });

  it('holds no name twice, and encryption properties only', () => {
    const wanted = wantedProperties(
      keyed([
        { name: 'a', key: { arn } },
        { name: 'a.b', key: { accountDefault: true } },
      ]),
    );
    expect(names(wanted).filter((name) => toEncryptionProperty(name) === null)).toEqual([]);
    expect(new Set(names(wanted)).size).toBe(5 + 9 + 9);
  });
});

describe('an encryption context', () => {
  const context = { team: 'finance', 'aws:s3:arn': 'x' };

  it('is one property with its pairs sorted, for all buckets or in both forms for one', () => {
    const all = wantedProperties({ ...keyed([]), encryptionContext: context });
    expect(all.at(-1)).toEqual({ name: 'fs.s3a.encryption.context', value: 'aws:s3:arn=x,team=finance' });
    const one = wantedProperties(keyed([{ name: 'b', key: { arn: other }, encryptionContext: context }]));
    expect(one.filter(({ value }) => value === 'aws:s3:arn=x,team=finance').map(({ name }) => name)).toEqual([
      'fs.s3a.bucket.b.fs.s3a.encryption.context',
      'fs.s3a.bucket.b.encryption.context',
    ]);
  });

  it('that is empty is none, whatever the workload sets', () => {
    expect(wantedProperties({ ...keyed([]), encryptionContext: {} }).at(-1)?.value).toBe(' ');
  });

  it("is the workload's where the assignment gives none", () => {
    const global = { setting: 'context', bucket: null } as const;
    const bucket = { setting: 'context', bucket: 'b' } as const;
    const withBucket = keyed([{ name: 'b', key: { arn }, encryptionContext: context }]);
    expect([global, bucket].map((one) => isRuled(one, keyed([])))).toEqual([false, false]);
    expect([global, bucket].map((one) => isRuled(one, withBucket))).toEqual([false, true]);
    expect([global, bucket].map((one) => isRuled(one, { ...keyed([]), encryptionContext: {} }))).toEqual([true, true]);
  });
});
