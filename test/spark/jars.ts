/**
 * The jars of Spark that the judge needs, in the cache folder beside Hadoop's, fetched by Maven once, and the judge itself.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Say, sayOnStderr } from '../controlplane/progress.ts';
import { digestOf, ensureJars, fetchInto, fill, type HadoopVersion, run, whileLocked } from '../hadoop/jars.ts';
import { cacheFolder } from '../run/cache-folder.mjs';

/**
 * Each with the Hadoop whose jars stand behind its own on the class path: Spark 3.5 brings Hadoop 3.3.4's four, as it is
 * released, and takes the libraries of 3.3.1.
 */
const hadoopOf = { '3.5.7': '3.3.1', '4.1.0': '3.5.0' } as const satisfies Record<string, HadoopVersion>;

export type SparkVersion = keyof typeof hadoopOf;
export const sparkVersions = Object.keys(hadoopOf) as SparkVersion[];

const sources = fileURLToPath(new URL('./judge/', import.meta.url));
/** The one whose classes are the newest bytecode. */
const compiledAgainst: SparkVersion = '4.1.0';

/** The class path of a judge of this version, fetched and compiled first where need be, by one process at a time. */
export async function ensureJudge(version: SparkVersion, say: Say = sayOnStderr): Promise<string> {
  const hadoop = await ensureJars(hadoopOf[version], say);
  const newest = await ensureJars(hadoopOf[compiledAgainst], say);
  const judge = join(cacheFolder(), 'hadoop', `spark-judge-${digestOf(join(sources, 'SparkJudge.java'))}`);
  const ready = existsSync(judge) && existsSync(jarFolder(version));
  if (!ready) await whileLocked(() => prepare(version, judge, newest, say), say);
  return [judge, join(jarFolder(version), '*'), join(hadoop, '*')].join(':');
}

async function prepare(version: SparkVersion, judge: string, hadoop: string, say: Say): Promise<void> {
  await fetchJars(version, say);
  if (existsSync(judge)) return;
  await fetchJars(compiledAgainst, say);
  const classPath = [join(jarFolder(compiledAgainst), '*'), join(hadoop, '*')].join(':');
  await fill(judge, (folder) =>
    run('javac', ['--release', '17', '-cp', classPath, '-d', folder, join(sources, 'SparkJudge.java')]),
  );
}

function fetchJars(version: SparkVersion, say: Say): Promise<void> {
  return fetchInto({ title: `Spark ${version}`, folder: jarFolder(version), pom: pom(version), words: [] }, say);
}

function jarFolder(version: SparkVersion): string {
  return join(cacheFolder(), 'hadoop', `spark-${version}-${digestOf(pom(version))}`);
}

function pom(version: SparkVersion): string {
  return join(sources, `pom-${version}.xml`);
}
