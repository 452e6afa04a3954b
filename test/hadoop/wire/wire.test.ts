/**
 * What S3A of each version really sends, under files that would lead past the key: with the key's properties in front of
 * them, which is all that a plan does that only notes them, and after the plan where it does more. `npm test -- test/hadoop/wire --update`
 * writes down anew what was seen, in as-sent-by-VERSION.tsv; each difference is to be read.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueCa } from '../../../src/certificates/issue.ts';
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../../src/core/plan/config-object.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import { describeWith } from '../../run/needs.ts';
import { openScratch, type Scratch } from '../documents.ts';
import { wantedFile } from '../encryption-properties.ts';
import { hadoopVersions } from '../jars.ts';
import { clientProperties, toXml } from './configuration.ts';
import { accessKey, type Request, type Store, startStore } from './store.ts';
import { buckets, ownSettings, type Trial, trials } from './trials.ts';
import { makeTrustStore } from './trust-store.ts';
import { startWriter, type Writer } from './writer.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const assignment: Assignment = {
  name: 'finance',
  target: { namespaces: ['finance'] },
  algorithm: 'SSE-KMS',
  key: { arn },
  buckets,
  enforcement: 'Enforce',
};

interface Seen {
  /** The bucket, the encryption headers and the signature of the object's PUT, or why there is none. */
  readonly sent: string;
  /** Nothing has been written, or with the assigned key, or to the bucket that is left alone as it says itself. */
  readonly isRight: boolean;
}

/** A line of what was seen: the row, what is tried, what is sent with the key in front, and after the plan. */
interface Tried {
  readonly line: string;
  readonly problems: readonly string[];
}

describeWith(['java', 'maven'], 'on the wire', () => {
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
    'S3A of Hadoop %s sends the assigned key, or the plan notes that it may not',
    { timeout: 600_000 },
    async (version) => {
      const writer = await startWriter(version, trustStore);
      const tried: Tried[] = [];
      try {
        for (const trial of trials) tried.push(await tryOne(trial, writer));
      } finally {
        await writer.stop();
      }
      expect(tried.flatMap(({ problems }) => problems)).toEqual([]);
      const lines = tried.map(({ line }) => `${line}\n`).join('');
      await expect(lines).toMatchFileSnapshot(join(import.meta.dirname, `as-sent-by-${version}.tsv`));
    },
  );

  async function tryOne({ row, title, bucket, properties }: Trial, writer: Writer): Promise<Tried> {
    const text = toXml({ ...ownSettings, ...properties });
    const plan = planFor(text, 'Enforce');
    const noted = plan.kind === 'refused' || plan.notes.some(({ kind }) => kind === 'notProvable');
    const inFront = [await scratch.write(wantedFile(assignment)), await scratch.write(text)];
    const before = row === null ? null : await see(writer, bucket, inFront);
    const planned = plan.kind === 'change' ? [await scratch.write(plan.result)] : inFront;
    const after = noted ? null : await see(writer, bucket, planned);
    const problems: string[] = [];
    if ((planFor(text, 'Strict').kind === 'refused') !== noted) problems.push(`${title}: Strict`);
    if (row === null && noted) problems.push(`${title}: noted`);
    if (after?.isRight === false) problems.push(`${title}: ${after.sent}`);
    return { line: [row ?? '-', title, before?.sent ?? '-', after?.sent ?? 'noted'].join('\t'), problems };
  }

  async function see(writer: Writer, bucket: string, files: readonly string[]): Promise<Seen> {
    store.take();
    const said = await writer.write(bucket, [client, ...files]);
    const put = store.take().find(({ method }) => method === 'PUT');
    const loaded = said.replace(/^.*?(?= loaded|$)/, '');
    const sent = put === undefined ? said.replace(/:.*/, '') : tell(put);
    const isRight = put === undefined || isAssigned(put) || sent === 'partner-drop AES256 - signed';
    return { sent: sent + loaded, isRight: isRight && loaded === '' };
  }
});

function planFor(text: string, enforcement: Assignment['enforcement']): Plan {
  const content = { data: { 'core-site.xml': text } };
  const [file] = planConfigObject(
    content,
    { ...assignment, enforcement },
    { core: ['core-site.xml'], other: [] },
  ).files;
  if (file === undefined) throw new Error('no file was planned');
  return file.plan;
}

const sse = 'x-amz-server-side-encryption';
const sseKey = `${sse}-aws-kms-key-id`;

/** The assigned key, once, in signed headers: no proxy can change them. */
function isAssigned({ encryption, signature }: Request): boolean {
  const isSigned = [sse, sseKey].every((name) => signature?.signedHeaders.includes(name));
  return encryption[sse]?.join() === 'aws:kms' && encryption[sseKey]?.join() === arn && isSigned && isValid(signature);
}

function isValid(signature: Request['signature']): boolean {
  return signature?.valid === true && signature.accessKey === accessKey;
}

function tell({ bucket, encryption, signature }: Request): string {
  const key = (encryption[sseKey] ?? ['-']).map((value) => (value === arn ? 'assigned' : value));
  const signed = signature === null ? 'unsigned' : isValid(signature) ? 'signed' : 'wrongly signed';
  return [bucket, encryption[sse]?.join('+') ?? '-', key.join('+'), signed].join(' ');
}
