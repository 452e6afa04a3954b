/**
 * The bucket policies that the command line prints, on the requests that S3A of each version really sends: what the operator writes passes, and
 * every other setting is denied.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueCa } from '../../../src/certificates/issue.ts';
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import type { PolicyDocument } from '../../../src/core/policy/document.ts';
import { buildPolicies } from '../../../src/core/policy/policies.ts';
import { isDenied } from '../../aws/evaluate.ts';
import { describeWith } from '../../run/needs.ts';
import { openScratch, type Scratch } from '../documents.ts';
import { wantedFile } from '../encryption-properties.ts';
import { type HadoopVersion, hadoopVersions } from '../jars.ts';
import { clientProperties, toXml } from './configuration.ts';
import { type Request, type Store, startStore } from './store.ts';
import { makeTrustStore } from './trust-store.ts';
import { startWriter, type Writer } from './writer.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const previous = 'arn:aws:kms:us-west-2:360379543683:key/0d2f3b1c-1111-4ba0-9230-95af6d01ca02';
const stranger = 'arn:aws:kms:us-west-2:360379543683:key/0d2f3b1c-2222-4ba0-9230-95af6d01ca03';
const bucket = 'archive';

function assign(key: Assignment['key'], algorithm: Assignment['algorithm'] = 'SSE-KMS'): Assignment {
  return { name: 'finance', target: { namespaces: ['finance'] }, algorithm, key, buckets: [], enforcement: 'Enforce' };
}

function policyOf(assignment: Assignment, requireHeaders = false): PolicyDocument {
  const options = {
    buckets: [bucket],
    previousKeys: 'arn' in assignment.key ? [previous] : [],
    previousAlgorithms: [],
    principals: [],
    defaultKey: null,
    partition: 'aws',
    requireHeaders,
    requireContext: false,
  };
  const [policy] = buildPolicies(assignment, options, new Set(['bucket'])).policies;
  if (policy === undefined) throw new Error('no policy');
  return policy.document;
}

/** Set under both names, so that every version reads it. */
function own(algorithm: string, key?: string): string {
  return toXml({
    'fs.s3a.server-side-encryption-algorithm': algorithm,
    'fs.s3a.encryption.algorithm': algorithm,
    ...(key !== undefined && { 'fs.s3a.server-side-encryption.key': key, 'fs.s3a.encryption.key': key }),
  });
}

const withKey = policyOf(assign({ arn }));
const strict = policyOf(assign({ arn }), true);
const dsse = policyOf(assign({ arn }, 'DSSE-KMS'));
const accountDefault = policyOf(assign({ accountDefault: true }));

interface Case {
  readonly title: string;
  readonly file: string;
  /** Which of the four policies deny it. */
  readonly denied: readonly string[];
  readonly since?: HadoopVersion;
}

const policies = { withKey, strict, dsse, accountDefault };
const cases: readonly Case[] = [
  { title: 'what the operator writes', file: wantedFile(assign({ arn })), denied: ['dsse'] },
  { title: 'the previous key', file: own('SSE-KMS', previous), denied: ['dsse'] },
  { title: 'another key', file: own('SSE-KMS', stranger), denied: ['withKey', 'strict', 'dsse'] },
  { title: 'no key', file: own('SSE-KMS'), denied: ['withKey', 'strict', 'dsse'] },
  { title: 'SSE-S3', file: own('AES256'), denied: ['withKey', 'strict', 'dsse', 'accountDefault'] },
  { title: 'nothing', file: '<configuration/>', denied: ['strict'] },
  {
    title: 'a key of its own',
    file: own('SSE-C', Buffer.alloc(32, 'k').toString('base64')),
    denied: ['withKey', 'strict', 'dsse', 'accountDefault'],
  },
  {
    title: "the account's default key, as the operator writes it",
    file: wantedFile(assign({ accountDefault: true })),
    denied: ['withKey', 'strict', 'dsse'],
  },
  {
    title: 'DSSE-KMS, as the operator writes it',
    file: wantedFile(assign({ arn }, 'DSSE-KMS')),
    denied: ['withKey', 'strict', 'accountDefault'],
    since: '3.4.3',
  },
];

describeWith(['java', 'maven'], 'the policy of a bucket, on the wire', () => {
  let scratch: Scratch;
  let store: Store;
  let trustStore: string;
  let client: string;

  beforeAll(async () => {
    scratch = await openScratch();
    const ca = await issueCa(Date.now(), 24 * 60 * 60_000);
    store = await startStore(ca);
    trustStore = await makeTrustStore(scratch.folder, ca.certificate);
    client = await scratch.write(toXml(clientProperties(store.port, scratch.folder)));
  });
  afterAll(async () => {
    await store?.stop();
    await scratch?.remove();
  });

  it.each(hadoopVersions)(
    'lets pass what the operator makes S3A of Hadoop %s send, and nothing else',
    { timeout: 600_000 },
    async (version) => {
      const writer = await startWriter(version, trustStore);
      try {
        for (const { title, file, denied, since } of cases) {
          if (since !== undefined && hadoopVersions.indexOf(version) < hadoopVersions.indexOf(since)) continue;
          const put = await send(writer, await scratch.write(file));
          const found = Object.entries(policies).filter(([, document]) => isDenied(document, toAwsRequest(put)));
          expect(
            found.map(([name]) => name),
            title,
          ).toEqual(denied);
        }
      } finally {
        await writer.stop();
      }
    },
  );

  async function send(writer: Writer, file: string): Promise<Request> {
    store.take();
    const said = await writer.write(bucket, [client, file]);
    const put = store.take().find(({ method }) => method === 'PUT');
    if (put === undefined) throw new Error(`nothing was sent: ${said}`);
    return put;
  }
});

/** As S3 has a request's condition keys: by the names of the headers. */
function toAwsRequest({ bucket: name, encryption }: Request) {
  const context = Object.entries(encryption).map(([header, values]) => [`s3:${header}`, values.join()]);
  return { action: 's3:PutObject', resource: `arn:aws:s3:::${name}/object`, context: Object.fromEntries(context) };
}
