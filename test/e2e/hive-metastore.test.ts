/**
 * A Hive metastore with a stored hive-site.xml and no core-site.xml, as most are mounted: it makes a database, and S3 says how the folder's object
 * is encrypted.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../controlplane/command.ts';
import { sayOnStderr } from '../controlplane/progress.ts';
import { digestOf, ensureEngines, ensureJars, fetchInto, run, whileLocked } from '../hadoop/jars.ts';
import { toXml } from '../hadoop/wire/configuration.ts';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { cacheFolder } from '../run/cache-folder.mjs';
import { describeWith } from '../run/needs.ts';
import { type StandIn, startStandIn } from '../stand-in/start.ts';
import { applyAssignments } from './apply-assignment.ts';
import { openTable } from './table.ts';
import { tellEncryption, writeFiles } from './use-s3a.ts';

const sources = join(import.meta.dirname, 'hive');
const bucket = 'warehouse';
const teams = { 'no assignment': 'elsewhere', assigned: 'finance' };

const metastore = {
  'javax.jdo.option.ConnectionURL': 'jdbc:derby:memory:metastore;create=true',
  'javax.jdo.option.ConnectionDriverName': 'org.apache.derby.jdbc.EmbeddedDriver',
  'datanucleus.schema.autoCreateAll': 'true',
  'hive.metastore.schema.verification': 'false',
  'hive.metastore.warehouse.dir': `s3a://${bucket}/`,
};
/** What the user adds to hive-site.xml. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nothing: {},
  'another key': { 'fs.s3a.encryption.algorithm': 'SSE-KMS', 'fs.s3a.encryption.key': otherKey },
  '… for the bucket': {
    [`fs.s3a.bucket.${bucket}.encryption.algorithm`]: 'SSE-KMS',
    [`fs.s3a.bucket.${bucket}.encryption.key`]: otherKey,
  },
};
const titles = Object.keys(cases);

describeWith(['control plane', 'java', 'maven', 'pip'], 'a Hive metastore', () => {
  const suite = useProduct();
  const table = openTable('metastore', ['hive-site.xml says of encryption', ...Object.keys(teams)]);
  let standIn: StandIn;
  let classPath: string;

  beforeAll(async () => {
    standIn = await startStandIn([firstKey, otherKey, `us-west-2/${bucket}`]);
    const { folders } = await ensureEngines({ title: 'Hadoop 3.4.3', hadoop: '3.4.3', pom: null });
    const jars = [await ensureJars('3.4.3'), ...folders.slice(1), await ensureMetastore()];
    classPath = jars.map((folder) => join(folder, '*')).join(':');
    await run('javac', ['--release', '17', '-cp', classPath, '-d', standIn.folder, join(sources, 'Metastore.java')]);
    const teamsAndKey = [namespace('finance'), namespace('elsewhere'), assignment('finance', ['finance'])];
    await applyAssignments(suite, teamsAndKey, ['finance']);
    const manifests = Object.values(teams).flatMap((team) =>
      titles.map((title, index) => {
        const file = toXml({ ...standIn.clientProperties, ...metastore, ...cases[title] });
        return configMap(team, `hive-${index}`, '', { data: { 'hive-site.xml': file } });
      }),
    );
    await suite.apply(manifests);
  }, 600_000);
  afterAll(async () => {
    table.close();
    await standIn?.stop();
  });

  it.each(titles)(
    'makes a database with the assigned key, where its file says of encryption: %s',
    { timeout: 300_000 },
    async (title) => {
      const seen: Record<string, string> = {};
      for (const [column, team] of Object.entries(teams)) {
        const name = `hive-${titles.indexOf(title)}`;
        const { data } = await suite.get('configmap', name, team);
        const folder = join(standIn.folder, `${name}-${team}`);
        await writeFiles(folder, data);
        const flags = ['-XX:TieredStopAtLevel=1', '-Xmx512m', ...standIn.javaFlags];
        const words = [
          '-cp',
          `${folder}:${standIn.folder}:${classPath}`,
          'Metastore',
          `s3a://${bucket}/${name}-${team}.db`,
        ];
        await runCommand('java', [...flags, ...words], { cwd: standIn.folder });
        const keys = { 'assigned key': firstKey, 'another key': otherKey };
        seen[column] = tellEncryption(await standIn.head(bucket, `${name}-${team}.db/`), keys);
      }
      table.add(title, seen);
      expect(seen.assigned).toBe('aws:kms, assigned key');
      expect(seen['no assignment']).toBe(title === 'nothing' ? 'AES256' : 'aws:kms, another key');
    },
  );
});

async function ensureMetastore(): Promise<string> {
  const pom = join(sources, 'pom-4.0.1.xml');
  const folder = join(cacheFolder(), 'hadoop', `hive-metastore-4.0.1-${digestOf(pom)}`);
  const wanted = { title: 'Hive’s metastore 4.0.1', folder, pom, words: [], megabytes: 80 };
  if (!existsSync(folder)) await whileLocked(() => fetchInto(wanted, sayOnStderr), sayOnStderr);
  return folder;
}
