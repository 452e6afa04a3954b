/**
 * Files that engines load by their names: kubectl applies them, and S3A writes with the configuration that each engine makes of the stored ones at
 * its own start.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engine, type Engines, enginesIn, startEngines } from '../hadoop/engines.ts';
import { type EngineRelease, engineReleases } from '../hadoop/jars.ts';
import { toXml } from '../hadoop/wire/configuration.ts';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { type KubernetesObject, useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { type StandIn, startStandIn } from '../stand-in/start.ts';
import { applyAssignments } from './apply-assignment.ts';
import { openTable } from './table.ts';
import { tellEncryption, writeFiles } from './use-s3a.ts';

const bucket = 'warehouse';
const option = (name: string, value: string, final = '') =>
  `<property><name>${name}</name><value>${value}</value>${final}</property>`;
/** Under every name that some version reads. */
const anotherKey = (prefix: string, final = '') =>
  [
    ...['server-side-encryption-algorithm', 'encryption.algorithm'].map((name) => [name, 'SSE-KMS']),
    ...['server-side-encryption.key', 'encryption.key'].map((name) => [name, otherKey]),
  ]
    .map(([name, value]) => option(`${prefix}.${name}`, `${value}`, final))
    .join('');

/** What somebody writes into a file to get another key. */
const attempts = {
  'final, for all buckets': anotherKey('fs.s3a', '<final>true</final>'),
  'for one bucket': anotherKey(`fs.s3a.bucket.${bucket}`),
} as const;
type Attempt = keyof typeof attempts;

const keys = { 'assigned key': firstKey, 'another key': otherKey };

/** Which engine reads which of the files, of those that some version of it loads by that name. */
const filesOf: Readonly<Record<Engine, readonly string[]>> = {
  hadoop: ['core-site.xml', 'core-default.xml', 'hadoop-site.xml'],
  hdfs: ['hdfs-default.xml', 'hdfs-site.xml'],
  mapreduce: ['mapred-default.xml', 'mapred-site.xml', 'yarn-site.xml'],
  yarn: ['yarn-default.xml', 'yarn-site.xml'],
  'yarn-node': ['yarn-site.xml'],
  distcp: ['distcp-default.xml', 'distcp-site.xml'],
  'hive-metastore': ['hive-site.xml', 'hivemetastore-site.xml', 'metastore-site.xml'],
  'hive-server2': ['hive-site.xml', 'hiveserver2-site.xml'],
  'hive-embedded': ['hive-site.xml', 'hivemetastore-site.xml'],
  'hive-client': ['hive-site.xml'],
  spark: ['__spark_hadoop_conf__.xml', 'hive-site.xml'],
  hbase: ['hbase-default.xml', 'hbase-site.xml'],
  tez: ['tez-site.xml'],
  ozone: ['ozone-default.xml', 'ozone-site.xml'],
};
const names = [...new Set(Object.values(filesOf).flat())];
const objectName = (file: string, attempt: Attempt) =>
  `${names.indexOf(file)}-${attempt}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

describeWith(['control plane', 'java', 'maven', 'pip'], 'an engine', () => {
  const suite = useProduct();
  const table = openTable('engines', ['engine', 'of', 'files', 'as they were applied', 'as they are stored']);
  let standIn: StandIn;
  let written = 0;

  beforeAll(async () => {
    standIn = await startStandIn([firstKey, otherKey, `us-west-2/${bucket}`]);
    const manifests = [namespace('finance'), namespace('elsewhere'), assignment('finance', ['finance'])];
    await applyAssignments(suite, manifests, ['finance']);
    await suite.apply(['finance', 'elsewhere'].flatMap((team) => buildConfigMaps(team, standIn)));
  }, 300_000);
  afterAll(async () => {
    table.close();
    await standIn?.stop();
  });

  it.each(engineReleases)(
    'of $title writes with the assigned key, whatever its own files say',
    { timeout: 300_000 },
    async (release: EngineRelease) => {
      const engines = await startEngines(release, standIn.folder, [
        ...standIn.javaFlags,
        ...['http', 'https'].map((scheme) => `-D${scheme}.nonProxyHosts=*`),
      ]);
      const stored = await suite.list('configmaps', 'finance');
      const asWritten = await suite.list('configmaps', 'elsewhere');
      try {
        for (const engine of enginesIn(release)) {
          const outcomes = new Map<string, string[]>();
          for (const file of filesOf[engine]) {
            const applied = await writeAll(engines, engine, file, asWritten);
            const kept = await writeAll(engines, engine, file, stored);
            expect.soft(kept, `${engine} of ${release.title}, ${file}`).toBe('aws:kms, assigned key');
            const outcome = JSON.stringify([applied, kept]);
            outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), file]);
          }
          for (const [outcome, files] of outcomes) {
            const [applied, kept] = JSON.parse(outcome);
            const cells = { of: versionOf(release, engine), files: files.join(', ') };
            table.add(engine, { ...cells, 'as they were applied': applied, 'as they are stored': kept });
          }
        }
      } finally {
        await engines.stop();
      }
    },
  );

  /** What HEAD says of what is written with each attempt in this file; one outcome where all have the same. */
  async function writeAll(engines: Engines, engine: Engine, file: string, objects: readonly KubernetesObject[]) {
    const outcomes = new Set<string>();
    for (const attempt of Object.keys(attempts) as Attempt[]) {
      written++;
      const folder = join(standIn.folder, `engine-${written}`);
      await writeFiles(folder, objects.find(({ metadata }) => metadata.name === objectName(file, attempt)).data);
      const failure = await engines.write({ engine, folder }, `s3a://${bucket}/${written}`).then(
        () => '',
        (error: Error) => `: ${error.message}`,
      );
      outcomes.add(tellEncryption(await standIn.head(bucket, `${written}`), keys) + failure);
    }
    return [...outcomes].join('; ');
  }
});

/** Of a release with several engines, the engine's own. */
function versionOf({ title }: EngineRelease, engine: Engine): string {
  return title.split(/, | and /).find((one) => one.toLowerCase().startsWith(engine)) ?? title;
}

/** A core-site.xml without a word about encryption, and beside it one other file with an attempt in it. */
function buildConfigMaps(team: string, { clientProperties }: StandIn): object[] {
  return names.flatMap((file) =>
    (Object.keys(attempts) as Attempt[]).map((attempt) => {
      const own = attempts[attempt] + option('hbase.defaults.for.version.skip', 'true');
      // A core-default.xml of one's own hides the one that says which class has this scheme.
      const plain = toXml({ ...clientProperties, 'fs.s3a.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem' });
      const text = file === 'core-site.xml' ? plain.replace('</configuration>', `${own}</configuration>`) : plain;
      const data = {
        'core-site.xml': text,
        ...(file !== 'core-site.xml' && { [file]: `<configuration>${own}</configuration>` }),
      };
      return configMap(team, objectName(file, attempt), text, { data });
    }),
  );
}
