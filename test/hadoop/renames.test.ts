/**
 * Which key a renamed object has: S3A copies it, with the key of its configuration or with that of the source, by version. The table in
 * charts/sse-kms-operator/docs/rotation.md says the same.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueCa, type KeyPair } from '../../src/certificates/issue.ts';
import type { Key } from '../../src/core/assignment/resolve.ts';
import { plan } from '../../src/core/clients/s3a/plan.ts';
import { describeWith } from '../run/needs.ts';
import { openScratch, type Scratch } from './documents.ts';
import { type HadoopVersion, hadoopVersions } from './jars.ts';
import { makeBucket, type ObjectEncryption } from './wire/bucket.ts';
import { type BucketPolicy, documentedPolicy } from './wire/bucket-policy.ts';
import { clientProperties, toXml } from './wire/configuration.ts';
import { type Store, startStore } from './wire/store.ts';
import { makeTrustStore } from './wire/trust-store.ts';
import { startWriter, type Writer } from './wire/writer.ts';

const earlier = 'arn:aws:kms:us-west-2:360379543683:key/00000000-0000-0000-0000-000000000000';
const present = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const kms = (key: string): ObjectEncryption => ({ algorithm: 'aws:kms', key });
const dsse: ObjectEncryption = { algorithm: 'aws:kms:dsse', key: earlier };

/** What the operator makes of a core-site.xml that says nothing of encryption. */
function assignedFile(key: Key): string {
  const desired = {
    source: 'KmsKeyAssignment/finance',
    algorithm: 'SSE-KMS',
    key,
    buckets: [],
    strict: false,
  } as const;
  const planned = plan('<configuration/>\n', desired, 'core');
  if (planned.kind !== 'change') throw new Error(`not a change but ${planned.kind}`);
  return planned.result;
}

const withPresentKey = assignedFile({ arn: present });
const withAccountDefault = assignedFile({ accountDefault: true });
const withNothing = '<configuration/>\n';

const megabyte = 1024 * 1024;

interface Case {
  readonly source: ObjectEncryption;
  readonly file: string;
  /** Of the renamed object: with the SDK of before Hadoop 3.4, and since. */
  readonly before: ObjectEncryption;
  readonly since: ObjectEncryption;
  /** With Hadoop 2.10, where that is something else. */
  readonly oldest?: ObjectEncryption;
}

const cases: Readonly<Record<string, Case>> = {
  'an earlier key': { source: kms(earlier), file: withPresentKey, before: kms(present), since: kms(earlier) },
  'the same key': { source: kms(present), file: withPresentKey, before: kms(present), since: kms(present) },
  'DSSE-KMS with an earlier key': { source: dsse, file: withPresentKey, before: kms(present), since: dsse },
  'SSE-S3': { source: { algorithm: 'AES256' }, file: withPresentKey, before: kms(present), since: kms(present) },
  'no encryption': { source: {}, file: withPresentKey, before: kms(present), since: kms(present) },
  'an earlier key, by a client with accountDefault': {
    source: kms(earlier),
    file: withAccountDefault,
    before: { algorithm: 'aws:kms' },
    since: kms(earlier),
  },
  'an earlier key, by a client without encryption settings': {
    source: kms(earlier),
    file: withNothing,
    before: kms(earlier),
    since: kms(earlier),
    // It copies the algorithm and not the key, so that S3 takes the account's default key.
    oldest: { algorithm: 'aws:kms' },
  },
};

const isBefore = (version: HadoopVersion): boolean => version === '2.10.2' || version === '3.3.1';

describeWith(['java', 'maven'], 'a renamed object', () => {
  let scratch: Scratch;
  let ca: KeyPair;
  let trustStore: string;
  const renamers = new Map<HadoopVersion, Promise<Writer>>();

  beforeAll(async () => {
    scratch = await openScratch();
    ca = await issueCa(Date.now(), 24 * 60 * 60_000);
    trustStore = await makeTrustStore(scratch.folder, ca.certificate);
  });
  afterAll(async () => {
    for (const renamer of renamers.values()) await (await renamer).stop();
    await scratch?.remove();
  });

  /** Renames /source, of so many bytes, to /target, and returns what was said and what is there afterwards. */
  async function rename(
    version: HadoopVersion,
    { source, file }: Pick<Case, 'source' | 'file'>,
    { policy, size = 0 }: { readonly policy?: BucketPolicy; readonly size?: number } = {},
  ) {
    const bucket = makeBucket(size, policy);
    bucket.objects.set('source', source);
    const store: Store = await startStore(ca, bucket.answer);
    try {
      const renamer = renamers.get(version) ?? startWriter(version, trustStore, 'Renamer');
      renamers.set(version, renamer);
      const client = await scratch.write(toXml(clientProperties(store.port, scratch.folder)));
      const said = await (await renamer).write('ledger', [client, await scratch.write(file)]);
      return { said: said.replace(/:.*/s, ''), objects: Object.fromEntries(bucket.objects), uploads: bucket.uploads };
    } finally {
      await store.stop();
    }
  }

  it.each(hadoopVersions)('has the key that the table says, by Hadoop %s', { timeout: 300_000 }, async (version) => {
    for (const [title, { source, file, before, since, oldest = before }] of Object.entries(cases)) {
      const target = version === '2.10.2' ? oldest : isBefore(version) ? before : since;
      expect(await rename(version, { source, file }), title).toEqual({ said: 'ok', objects: { target }, uploads: 0 });
    }
  });

  it.each(hadoopVersions)('has that key also where it is large: Hadoop %s', { timeout: 300_000 }, async (version) => {
    const old = { source: kms(earlier), file: withPresentKey };
    // More than each default threshold: the old SDK copies it in parts, and the request that starts them has the encryption.
    expect(await rename(version, old, { size: 3_000 * megabyte })).toEqual(
      isBefore(version)
        ? { said: 'ok', objects: { target: kms(present) }, uploads: 1 }
        : { said: 'ok', objects: { target: kms(earlier) }, uploads: 0 },
    );
  });

  it.each(hadoopVersions)(
    'is denied by a bucket policy for the new key where it would keep the earlier one: Hadoop %s',
    { timeout: 300_000 },
    async (version) => {
      const old = { source: kms(earlier), file: withPresentKey };
      const policy = documentedPolicy(present);
      expect(await rename(version, old, { policy })).toEqual(
        isBefore(version)
          ? { said: 'ok', objects: { target: kms(present) }, uploads: 0 }
          : { said: 'AccessDeniedException', objects: { source: kms(earlier) }, uploads: 0 },
      );
      const own = { source: kms(present), file: withPresentKey };
      expect(await rename(version, own, { policy })).toEqual({
        said: 'ok',
        objects: { target: kms(present) },
        uploads: 0,
      });
    },
  );
});
