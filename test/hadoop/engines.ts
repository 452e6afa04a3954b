/**
 * The engines' own jars as the judge: what each makes of a configuration folder on its class path, where it finds the files
 * by their names. One JVM answers for many folders.
 */
import { type EngineRelease, ensureEngines } from './jars.ts';
import type { Failure, Reading } from './judge.ts';
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
  stop(): Promise<void>;
}

/** The engines that a release brings. */
export function enginesIn({ pom }: EngineRelease): readonly Engine[] {
  if (pom === null) return enginesOf.hadoop;
  return pom === 'others' ? enginesOf.others : enginesOf.hive;
}

/**
 * @param folder what relative includes refer to
 * @throws Error if the jars can't be fetched
 */
export async function startEngines(release: EngineRelease, folder: string): Promise<Engines> {
  const { classes, folders } = await ensureEngines(release);
  const jvm = startJvm(`the judge of ${release.title}`, ['-cp', classes, 'Engines', ...folders], folder);
  return {
    release,
    ask: async ({ engine, place, s3a, buckets, folder }) =>
      JSON.parse(await jvm.ask([engine, place, s3a, buckets.join(','), folder].join('\t'))) as Reading | Failure,
    stop: jvm.stop,
  };
}
