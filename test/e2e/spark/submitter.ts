/**
 * Spark of one version that runs jobs in local mode: one JVM for many submissions, each by spark-submit's own class.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSparkJars } from '../../cluster/spark/image.ts';
import { sayOnStderr } from '../../controlplane/progress.ts';
import { digestOf, fetchInto, run, whileLocked } from '../../hadoop/jars.ts';
import { type Jvm, startJvm } from '../../hadoop/jvm.ts';
import { cacheFolder } from '../../run/cache-folder.mjs';

/** Each with the S3A that it is released with: of Hadoop 3.3.4 and of 3.4.2. */
export const sparkVersions = ['3.5.7', '4.1.0'] as const;
export type SparkVersion = (typeof sparkVersions)[number];

export interface Submitter {
  /** Runs a job that writes two lines to this folder; the exceptions where it fails. */
  submit(propertiesFile: string | null, folder: string): Promise<string>;
  stop(): Promise<void>;
}

const here = import.meta.dirname;
const pom = join(here, 'pom-3.5.7.xml');
const job = join(here, '..', '..', 'cluster', 'spark', 'WriteLines.java');

/** @param confFolder SPARK_CONF_DIR, whose spark-defaults.conf counts where a job has no properties file */
export async function startSubmitter(
  version: SparkVersion,
  javaFlags: readonly string[],
  confFolder: string,
): Promise<Submitter> {
  const jars = join(version === '4.1.0' ? await ensureSparkJars() : await ensureOldJars(), '*');
  const folder = await mkdtemp(join(tmpdir(), 'spark-'));
  const compile = (source: string, to: string) =>
    run('javac', ['--release', '17', '-cp', jars, '-d', join(folder, to), source]);
  await compile(join(here, 'Submitter.java'), 'submitter');
  await compile(job, 'job');
  await run('jar', ['--create', '--file', join(folder, 'job.jar'), '-C', join(folder, 'job'), '.']);
  const open = ['java.lang', 'java.lang.invoke', 'java.nio', 'java.util', 'java.util.concurrent', 'sun.nio.ch'];
  const jvm: Jvm = startJvm(
    `Spark ${version}`,
    [
      '-Xmx768m', // Spark refuses to start with less than 450 MiB
      ...open.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
      ...javaFlags,
      ...['-cp', `${join(folder, 'submitter')}:${jars}`, 'Submitter'],
    ],
    folder,
    { SPARK_CONF_DIR: confFolder, SPARK_LOCAL_IP: '127.0.0.1', SPARK_HOME: folder },
  );
  const local = ['--master', 'local[1]', '--conf', 'spark.ui.enabled=false', '--conf', 'spark.driver.host=127.0.0.1'];
  return {
    submit: (propertiesFile, target) => {
      const properties = propertiesFile === null ? [] : ['--properties-file', propertiesFile];
      const words = [...local, ...properties, '--class', 'WriteLines', join(folder, 'job.jar'), target];
      return jvm.ask(words.join('\t'));
    },
    async stop() {
      await jvm.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function ensureOldJars(): Promise<string> {
  const folder = join(cacheFolder(), 'hadoop', `spark-3.5.7-with-s3a-${digestOf(pom)}`);
  const wanted = { title: 'Spark 3.5.7 with S3A', folder, pom, words: [], megabytes: 130 };
  if (!existsSync(folder)) await whileLocked(() => fetchInto(wanted, sayOnStderr), sayOnStderr);
  return folder;
}
