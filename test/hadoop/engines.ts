/**
 * The engines' own jars as the judge: what each makes of a configuration folder on its class path, where it finds the files
 * by their names. One JVM answers for many folders.
 */
import type { Folders } from './folders.ts';
import { type EngineRelease, ensureEngines } from './jars.ts';
import { type Failure, isFailure, type Reading } from './judge.ts';
import { startJvm } from './jvm.ts';

/** Each is what its engine's own start makes; see Engine.java. */
export const enginesOf = {
  hadoop: ['hadoop', 'hdfs', 'mapreduce', 'yarn', 'yarn-node', 'distcp'],
  hive: ['hive-metastore', 'hive-server2', 'hive-embedded', 'hive-client'],
  others: ['spark', 'hbase', 'tez', 'ozone'],
} as const;
export type Engine = (typeof enginesOf)[keyof typeof enginesOf][number];

export interface EngineQuestion {
  readonly engine: Engine;
  /** Where the folder stands on the class path: before the jars, as HADOOP_CONF_DIR, or behind them. */
  readonly place: 'first' | 'last';
  /** Whether S3A is loaded before the engine has read its files. */
  readonly s3a: 'before' | 'after';
  /** No commas in names. */
  readonly buckets: readonly string[];
  readonly folder: string;
}

export interface Engines {
  readonly release: EngineRelease;
  ask(question: EngineQuestion): Promise<Reading | Failure>;
  /** Has S3A write an empty object there with the engine's configuration. @throws Error with what it said */
  write(question: Pick<EngineQuestion, 'engine' | 'folder'>, uri: string): Promise<void>;
  stop(): Promise<void>;
}

/** The engines that a release brings. */
export function enginesIn({ pom }: EngineRelease): readonly Engine[] {
  if (pom === null) return enginesOf.hadoop;
  return pom === 'others' ? enginesOf.others : enginesOf.hive;
}

/**
 * @param folder what relative includes refer to
 * @param javaFlags further ones, for engines that write
 * @throws Error if the jars can't be fetched
 */
export async function startEngines(
  release: EngineRelease,
  folder: string,
  javaFlags: readonly string[] = [],
): Promise<Engines> {
  const { classes, folders } = await ensureEngines(release);
  const args = [...javaFlags, '-cp', classes, 'Engines', ...folders];
  const jvm = startJvm(`the judge of ${release.title}`, args, folder);
  return {
    release,
    ask: async ({ engine, place, s3a, buckets, folder }) =>
      JSON.parse(await jvm.ask([engine, place, s3a, buckets.join(','), folder].join('\t'))) as Reading | Failure,
    async write({ engine, folder }, uri) {
      const said = JSON.parse(await jvm.ask([engine, 'first', 'before', '', folder, uri].join('\t')));
      if (isFailure(said)) throw new Error(said.error);
    },
    stop: jvm.stop,
  };
}

/** Which engines take settings from a file of this name: each file sets another bucket's, all are in one folder. */
export async function findReaders(
  { release, ask }: Engines,
  names: readonly string[],
  folders: Folders,
  place: EngineQuestion['place'],
): Promise<ReadonlyMap<string, readonly Engine[]>> {
  const bucketFor = (name: string): string => `b${names.indexOf(name)}`;
  const folder = await folders.write(
    Object.fromEntries(
      names.map((name) => [
        name,
        `<configuration>
          <property><name>hbase.defaults.for.version.skip</name><value>true</value></property>
          <property><name>fs.s3a.bucket.${bucketFor(name)}.server-side-encryption-algorithm</name><value>AES256</value></property>
        </configuration>`,
      ]),
    ),
  );
  const readers = new Map<string, Engine[]>();
  for (const engine of enginesIn(release)) {
    const reading = await ask({ engine, place, s3a: 'before', buckets: names.map(bucketFor), folder });
    if (isFailure(reading)) throw new Error(`${engine}: ${reading.error}`);
    for (const name of names) {
      const got = reading.buckets[bucketFor(name)];
      if (got === undefined || 'error' in got || got.method === 'NONE') continue;
      readers.set(name, [...(readers.get(name) ?? []), engine]);
    }
  }
  return readers;
}
