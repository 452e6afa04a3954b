/**
 * Spark's properties: kubectl applies the ConfigMap as Spark makes it, and a job in local mode writes with the stored file and nothing else.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { type StandIn, startStandIn } from '../stand-in/start.ts';
import { applyAssignments } from './apply-assignment.ts';
import { type SparkVersion, sparkVersions, startSubmitter } from './spark/submitter.ts';
import { openTable } from './table.ts';
import { tellEncryption } from './use-s3a.ts';

const bucket = 'warehouse';
const own = 'spark.hadoop.fs.s3a';

const byNewNames = `${own}.encryption.algorithm=SSE-KMS\n${own}.encryption.key=${otherKey}\n`;
const byOldNames = `${own}.server-side-encryption-algorithm=SSE-KMS\n${own}.server-side-encryption.key=${otherKey}\n`;

/** What a user adds to get another key, and what makes no difference to Spark. */
const cases = {
  nothing: '',
  'another key': byNewNames,
  '… by the old names': byOldNames,
  '… for the bucket': byNewNames.replaceAll(own, `${own}.bucket.${bucket}`),
  '… with a blank behind the names': byNewNames.replaceAll('=', '\\ ='),
  '… with the names over two lines': byNewNames.replaceAll('encryption.', 'encryption.\\\n    '),
  '… and a backslash at the end': `${byNewNames}spark.app.name=x\\`,
} as const;
type Case = keyof typeof cases;
const titles = Object.keys(cases) as Case[];
const dataKeys = ['spark.properties', 'spark-defaults.conf'] as const;

describeWith(['control plane', 'java', 'maven', 'pip'], 'Spark', () => {
  const suite = useProduct();
  const columns = sparkVersions.flatMap((version) => [`${version}, no assignment`, `${version}, assigned`]);
  const table = openTable('spark', ['the user adds', 'to', ...columns]);
  const cells = new Map<string, Record<string, string>>();
  let standIn: StandIn;

  beforeAll(async () => {
    standIn = await startStandIn([firstKey, otherKey, `us-west-2/${bucket}`]);
    const manifests = [namespace('finance'), namespace('elsewhere'), assignment('finance', ['finance'])];
    await applyAssignments(suite, manifests, ['finance']);
    const lines = Object.entries(standIn.clientProperties).map(([name, value]) => `spark.hadoop.${name}=${value}\n`);
    const configMaps = ['elsewhere', 'finance'].flatMap((team) =>
      dataKeys.flatMap((dataKey) =>
        titles.map((title, index) => {
          const data = { [dataKey]: lines.join('') + cases[title] };
          return configMap(team, `${dataKey.replace('.', '-')}-${index}`, '', { data });
        }),
      ),
    );
    await suite.apply(configMaps);
  }, 300_000);
  afterAll(async () => {
    for (const [key, row] of cells) table.add(key.split('|')[0] ?? '', { to: key.split('|')[1] ?? '', ...row });
    table.close();
    await standIn?.stop();
  });

  it.each(sparkVersions)(
    '%s writes every object with the assigned key, whatever its properties say',
    { timeout: 600_000 },
    async (version) => {
      const confFolder = join(standIn.folder, `conf-${version}`);
      await mkdir(confFolder);
      const flags = ['http', 'https'].map((scheme) => `-D${scheme}.nonProxyHosts=*`);
      const spark = await startSubmitter(version, [...standIn.javaFlags, ...flags], confFolder);
      try {
        for (const dataKey of dataKeys) {
          for (const [index, title] of titles.entries()) {
            // One case is enough to see that the file is read; the cases are about its text.
            if (dataKey === 'spark-defaults.conf' && index > 1) continue;
            for (const team of ['elsewhere', 'finance']) {
              const { data } = await suite.get('configmap', `${dataKey.replace('.', '-')}-${index}`, team);
              const file = join(confFolder, dataKey);
              await writeFile(file, data[dataKey]);
              const path = dataKey === 'spark.properties' ? file : null;
              const name = `${version}-${dataKey}-${index}-${team}`;
              const told = await writeWith(() => spark.submit(path, `s3a://${bucket}/${name}`), name);
              note(`${title}|${dataKey}`, version, team, told);
              if (team === 'finance') expect.soft(told, `${title}, ${dataKey}`).toBe('aws:kms, assigned key');
            }
          }
        }
      } finally {
        await spark.stop();
      }
    },
  );

  /** What HEAD says of the job's objects, and what each object was begun with, temporary ones and renamed ones among them. */
  async function writeWith(submit: () => Promise<string>, name: string): Promise<string> {
    standIn.takeSent();
    const said = await submit();
    const begun = standIn.takeSent();
    const keys = { 'assigned key': firstKey, 'another key': otherKey };
    const told = new Set<string>();
    for (const object of ['part-00000', 'part-00001', '_SUCCESS'])
      told.add(tellEncryption(await standIn.head(bucket, `${name}/${object}`), keys));
    for (const { sent } of begun) {
      const algorithm = sent['x-amz-server-side-encryption'] ?? 'AES256';
      told.add(tellEncryption({ algorithm, key: sent['x-amz-server-side-encryption-aws-kms-key-id'] }, keys));
    }
    return [...told, ...(said === 'ok' ? [] : [said])].join('; ');
  }

  function note(key: string, version: SparkVersion, team: string, told: string): void {
    const column = `${version}, ${team === 'finance' ? 'assigned' : 'no assignment'}`;
    cells.set(key, { ...cells.get(key), [column]: told });
  }
});
