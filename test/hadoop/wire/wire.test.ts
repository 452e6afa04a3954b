/**
 * What S3A of each version really sends, under files that would lead past the key: with the key's properties in front of
 * them, which is all that a plan does that only notes them, and after the plan where it does more. `npm test -- test/hadoop/wire --update`
 * writes down anew what was seen, in as-sent-by-VERSION.tsv; each difference is to be read.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueCa } from '../../../src/certificates/issue.ts';
import type { Assignment } from '../../../src/core/assignment.ts';
import { planConfigMap } from '../../../src/core/config-map.ts';
import type { Plan } from '../../../src/core/plan.ts';
import { describeWith } from '../../run/needs.ts';
import { openScratch, type Scratch } from '../documents.ts';
import { wantedFile } from '../family.ts';
import { hadoopVersions } from '../jars.ts';
import { clientProperties, toXml } from './configuration.ts';
import { type Request, type Store, startStore } from './store.ts';
import { buckets, ownSettings, type Trial, trials } from './trials.ts';
import { startWriter, trustStorePassword, type Writer } from './writer.ts';

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
  readonly asAssigned: boolean;
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

  async function see(writer: Writer, bucket: Trial['bucket'], files: readonly string[]): Promise<Seen> {
    store.take();
    const said = await writer.write(bucket, [client, ...files]);
    const put = store.take().find(({ method }) => method === 'PUT');
    const loaded = said.replace(/^.*?(?= loaded|$)/, '');
    if (put === undefined) return { sent: `${said.replace(/:.*/, '')}${loaded}`, asAssigned: false };
    return { sent: tell(put) + loaded, asAssigned: isAssigned(put) && loaded === '' };
  }

  it.each(hadoopVersions)(
    'S3A of Hadoop %s sends the assigned key, or the plan notes that it may not',
    { timeout: 600_000 },
    async (version) => {
      const writer = await startWriter(version, trustStore);
      const lines: string[] = [];
      const problems: string[] = [];
      try {
        for (const trial of trials) {
          const text = toXml({ ...ownSettings, ...trial.properties });
          const plan = planFor(text, 'Enforce');
          const noted = plan.kind === 'refused' || plan.notes.some(({ kind }) => kind === 'notProvable');
          if ((planFor(text, 'Strict').kind === 'refused') !== noted) problems.push(`${trial.title}: Strict`);
          const files = [await scratch.write(wantedFile(assignment)), await scratch.write(text)];
          const planned = plan.kind === 'change' && !noted ? [await scratch.write(plan.result)] : files;
          const before = trial.row === null ? null : await see(writer, trial.bucket, files);
          const after = noted && before !== null ? before : await see(writer, trial.bucket, planned);
          const leftAlone = trial.bucket === 'partner-drop' && /^partner-drop AES256 /.test(after.sent);
          const failed = !after.sent.includes(' ');
          if (!noted && !failed && !after.asAssigned && !leftAlone) problems.push(`${trial.title}: ${after.sent}`);
          if (trial.row === null && noted) problems.push(`${trial.title}: noted`);
          lines.push([trial.row ?? '-', trial.title, before?.sent ?? '-', noted ? 'noted' : after.sent].join('\t'));
        }
      } finally {
        await writer.stop();
      }
      expect(problems).toEqual([]);
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, `as-sent-by-${version}.tsv`));
    },
  );
});

async function makeTrustStore(folder: string, certificate: string): Promise<string> {
  const path = join(folder, 'trust.p12');
  await writeFile(join(folder, 'ca.pem'), certificate);
  const made = spawnSync(
    'keytool',
    [
      ...['-importcert', '-noprompt', '-alias', 'ca', '-file', join(folder, 'ca.pem')],
      ...['-keystore', path, '-storetype', 'PKCS12', '-storepass', trustStorePassword],
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`keytool: ${made.stdout}${made.stderr}`);
  return path;
}

function planFor(text: string, enforcement: Assignment['enforcement']): Plan {
  const content = { data: { 'core-site.xml': text } };
  const [file] = planConfigMap(content, { ...assignment, enforcement }, { core: ['core-site.xml'], other: [] }).files;
  if (file === undefined) throw new Error('no file was planned');
  return file.plan;
}

const sse = 'x-amz-server-side-encryption';

/** The assigned key, once, in a signed header. */
function isAssigned({ encryption, signature }: Request): boolean {
  const [method, key] = [encryption[sse]?.join(), encryption[`${sse}-aws-kms-key-id`]?.join()];
  return method === 'aws:kms' && key === arn && signature?.valid === true && signature.signedHeaders.includes(sse);
}

function tell({ bucket, encryption, signature }: Request): string {
  const key = (encryption[`${sse}-aws-kms-key-id`] ?? ['-']).map((value) => (value === arn ? 'assigned' : value));
  const signed = signature === null ? 'unsigned' : signature.valid ? 'signed' : 'wrongly signed';
  return [bucket, encryption[sse]?.join('+') ?? '-', key.join('+'), signed].join(' ');
}
