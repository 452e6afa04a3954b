/**
 * Every way past the key in test/cases/ways-past, for real: kubectl applies the file under Enforce and under Strict, and S3A of each version writes
 * with what was stored. HEAD tells what came of it, wherever the object went.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Enforcement } from '../../src/core/assignment/resolve.ts';
import { CommandFailed } from '../controlplane/command.ts';
import { type Case, defaultSpec, readCases, readSpec } from '../core/read-cases.ts';
import { expectedEncryption, isLeftAlone, withStem } from '../hadoop/encryption-properties.ts';
import { type HadoopVersion, hadoopVersions } from '../hadoop/jars.ts';
import { clientProperties, toXml } from '../hadoop/wire/configuration.ts';
import { namespace } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { type StandInProxy, startProxy } from '../stand-in/proxy.ts';
import { applyAssignments } from './apply-assignment.ts';
import { openTable } from './table.ts';
import { tellEncryption, useS3a, writeFiles } from './use-s3a.ts';

/** But for those whose assignment the API server refuses. */
const cases = readCases().filter(
  (one) =>
    one.name.startsWith('ways-past/') &&
    one.assignment('Enforce').buckets.every(({ name }) => !name.endsWith('.fs.s3a')),
);
const titleOf = ({ name }: Case): string => name.replace('ways-past/', '');
const rowOf = (one: Case): string => (/^\d+b?/.exec(titleOf(one))?.[0] ?? '').replace(/^0/, '');

const keys = {
  'assigned key': 'arn' in defaultSpec.key ? defaultSpec.key.arn : '',
  'key of the bucket': 'arn:aws:kms:eu-central-1:360379543683:key/5a3b4c1d-22f0-4d7e-9a61-0c8f6e2d7b90',
  'aws/s3': 'arn:aws:kms:us-west-2:123456789012:key/8c3faf07-f43c-4d11-abdb-9183079214c7',
};

/** `archive` stands for every bucket that nothing names. */
const anyBucket = 'archive';
const bucketName = /fs\.s3a\.bucket\.([a-z][a-z0-9.-]+?)\.(?:fs\.s3a\.)?(?:server-side-)?encryption/g;
const bucketsOf = (one: Case): string[] => {
  const named = [...(one.text ?? '').matchAll(bucketName)].flatMap(([, bucket = '']) => withStem(bucket));
  const ruled = one.assignment('Enforce').buckets.map(({ name }) => name);
  return [...new Set([anyBucket, ...named, ...ruled])].filter((bucket) => /^[a-z0-9][a-z0-9.-]{2,62}$/.test(bucket));
};
/** Where endpoints and headers of the cases lead. */
const targets = ['finance', 'drop.finance', 'finance-lake'];
const inEurope = (bucket: string) => bucket === 'ledger-archive';

interface Outcome {
  /** Of the denial; null where the file was stored. */
  readonly reason: string | null;
}

describeWith(['control plane', 'java', 'maven', 'pip'], 'a way past the key', () => {
  const buckets = [...new Set([...cases.flatMap(bucketsOf), ...targets])];
  const suite = useS3a([
    ...[keys['assigned key'], keys['key of the bucket']],
    ...buckets.map((bucket) => `${inEurope(bucket) ? 'eu-central-1' : 'us-west-2'}/${bucket}`),
  ]);
  const summary = openTable('ways-past', ['way', 'files tried', 'denied', ...hadoopVersions]);
  const exceptions = openTable('past-the-key', ['file', 'bucket', ...hadoopVersions]);
  afterAll(() => {
    summary.close();
    exceptions.close();
  });

  let proxy: StandInProxy;
  let client: string;
  const outcomes = { Enforce: new Map<string, Outcome>(), Strict: new Map<string, Outcome>() };

  beforeAll(async () => {
    const { ca, folder, ports } = suite.standIn();
    proxy = await startProxy(ca, ports.http);
    client = join(folder, 'client.xml');
    await writeFile(client, toXml(clientProperties(proxy.port, folder)));
    for (const enforcement of ['Enforce', 'Strict'] as const)
      for (const [index, group] of groups().entries())
        await applyGroup(group, namespaceOf(index, enforcement), enforcement);
  }, 300_000);
  afterAll(() => proxy?.stop());

  /** One kubectl for all files of an assignment: it says in their order what was denied, and goes on. */
  async function applyGroup(group: readonly Case[], team: string, enforcement: 'Enforce' | 'Strict'): Promise<void> {
    const spec = { ...readSpec((group[0] as Case).folder), enforcement, namespaces: [team] };
    const metadata = { name: team };
    const kka = { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata, spec };
    await applyAssignments(suite, [namespace(team), kka], [team]);
    const items = group.map((one) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: titleOf(one), namespace: team },
      ...one.content,
    }));
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout, stderr } = await suite
      .cluster()
      .kubectl(['create', '--filename', '-'], { stdin })
      .catch((error: Error) => {
        if (error instanceof CommandFailed) return error;
        throw error;
      });
    const reasons = [...stderr.matchAll(/^Error from server \((\w+)\)/gm)].map(([, reason = '']) => reason);
    for (const one of group) {
      const stored = stdout.includes(`configmap/${titleOf(one)} created`);
      outcomes[enforcement].set(one.name, { reason: stored ? null : (reasons.shift() ?? 'nothing said') });
    }
    expect(reasons).toEqual([]);
  }

  it('is denied or stored by the API server as the case says, under Enforce and under Strict', () => {
    expect(cases.length).toBeGreaterThan(150);
    for (const { name, expected } of cases) {
      const refused = expected.outcome !== null && 'reason' in expected.outcome ? expected.outcome.reason : null;
      expect.soft(outcomes.Enforce.get(name)?.reason, name).toBe(refused);
      expect.soft(outcomes.Strict.get(name)?.reason, `${name}, Strict`).toBe(expected.strict?.reason ?? refused);
    }
  });

  it('writes with the assigned key or nothing, by every version, where Strict would store it', async () => {
    const written = new Map<string, Judgements>();
    const wrong: string[] = [];
    for (const [index, group] of groups().entries()) {
      const stored = await suite.list('configmaps', namespaceOf(index, 'Enforce'));
      for (const one of group) {
        const object = stored.find(({ metadata }) => metadata.name === titleOf(one));
        if (object === undefined) continue;
        const files = await filesFor(one, object);
        for (const bucket of bucketsOf(one)) {
          const seen = await writeByAll(one, bucket, files);
          const isPast = note(one, bucket, seen, written);
          if (isPast && outcomes.Strict.get(one.name)?.reason === null)
            wrong.push(`${one.name}, ${bucket}: ${JSON.stringify(seen)}`);
        }
      }
    }
    for (const row of new Set(cases.map(rowOf))) summary.add(row, summarise(row, written.get(row)));
    expect(wrong).toEqual([]);
  }, 600_000);

  /** What the API server has, with what the client has of its own in front. */
  async function filesFor(one: Case, object: KubernetesObject): Promise<string[]> {
    const { data = {}, binaryData = {} } = object;
    const decoded = Object.entries<string>(binaryData).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
    const folder = join(suite.standIn().folder, titleOf(one));
    return [client, ...(await writeFiles(folder, { ...data, ...Object.fromEntries(decoded) }))];
  }

  async function writeByAll(one: Case, bucket: string, files: readonly string[]) {
    const seen = {} as Record<HadoopVersion, string>;
    for (const version of hadoopVersions) {
      const name = `${titleOf(one)}-${version}`;
      suite.standIn().takeSent();
      const said = await suite.write(version, files, bucket, name);
      const [begun] = suite.standIn().takeSent();
      const [, into = bucket, path = name] = /^\/([^/]+)\/(.*)$/.exec(begun?.path ?? '') ?? [];
      const told = tellEncryption(await suite.standIn().head(into, encodeURI(path)), keys);
      const elsewhere = into === bucket ? '' : ` in ${into}`;
      seen[version] = said === 'ok' || told !== 'nothing stored' ? told + elsewhere : 'nothing stored';
    }
    return seen;
  }

  /** Whether some version wrote otherwise than the assignment says for the bucket in which the object then was. */
  function note(one: Case, bucket: string, seen: Seen, written: Map<string, Judgements>): boolean {
    const row = written.get(rowOf(one)) ?? { '2.10.2': [], '3.3.1': [], '3.4.3': [], '3.5.0': [] };
    written.set(rowOf(one), row);
    const judgements = hadoopVersions.map((version) => judge(one, bucket, version, seen[version]));
    for (const [index, version] of hadoopVersions.entries()) row[version].push(judgements[index] as Judgement);
    if (!judgements.includes('past')) return false;
    exceptions.add(titleOf(one), { bucket, ...seen });
    return true;
  }

  function judge(one: Case, bucket: string, version: HadoopVersion, told: string): Judgement {
    if (told === 'nothing stored') return 'nothing';
    const [, encryption, into = bucket] = /^(.*?)(?: in (.*))?$/.exec(told) ?? [];
    const assignment = one.assignment('Enforce');
    const unmanaged = new Set(assignment.buckets.flatMap((rule) => ('unmanaged' in rule ? [rule.name] : [])));
    if (isLeftAlone(`fs.s3a.bucket.${into}.encryption.key`, unmanaged)) return 'unmanaged';
    const wanted = expectedEncryption(assignment, into, version);
    const arn = 'error' in wanted ? undefined : wanted.key;
    const [key] = Object.entries(keys).find(([, value]) => value === arn) ?? [arn];
    return encryption === `aws:kms, ${key}` ? 'assigned' : 'past';
  }

  function summarise(row: string, written: Judgements | undefined) {
    const own = cases.filter((one) => rowOf(one) === row);
    const denied = own.filter(({ name }) => outcomes.Enforce.get(name)?.reason !== null).length;
    const tell = (version: HadoopVersion): string => {
      const counts = Object.entries(words).map(([judgement, word]) => {
        const count = written?.[version].filter((one) => one === judgement).length ?? 0;
        return count === 0 ? [] : [`${count} ${word}`];
      });
      return counts.flat().join(', ') || '–';
    };
    const cells = Object.fromEntries(hadoopVersions.map((version) => [version, tell(version)]));
    return { 'files tried': String(own.length), denied: String(denied), ...cells };
  }
});

/** In the table's words. */
const words = { assigned: 'assigned', unmanaged: 'unmanaged', nothing: 'not written', past: '**past the key**' };
type Judgement = keyof typeof words;
type Judgements = Record<HadoopVersion, Judgement[]>;
type Seen = Readonly<Record<HadoopVersion, string>>;

/** The cases by their assignment, of which most have the same. */
function groups(): Case[][] {
  return [...Map.groupBy(cases, ({ folder }) => JSON.stringify(readSpec(folder))).values()];
}

function namespaceOf(index: number, enforcement: Enforcement): string {
  return `ways-${index}-${enforcement.toLowerCase()}`;
}
