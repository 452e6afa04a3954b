/**
 * Spark's own code as the judge: what a driver makes of a properties file, what java.util.Properties reads, and how Spark
 * splits Java options. One JVM answers for many texts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Encryption, Failure } from '../hadoop/judge.ts';
import { startJvm } from '../hadoop/jvm.ts';
import { ensureJudge, type SparkVersion } from './jars.ts';

export interface Reading {
  /** How S3A encrypts, by bucket, with the driver's configuration. */
  readonly buckets: Readonly<Record<string, Encryption>>;
  /** The same where it was made before S3A was loaded, and sent to an executor. */
  readonly broadcast: Readonly<Record<string, Encryption>>;
  readonly catalogs: readonly CatalogReading[];
}

export interface CatalogReading {
  readonly name: string;
  /** What Iceberg's S3FileIO does, once for each result that an order of the options gives; empty without Iceberg. */
  readonly s3: readonly Encryption[];
  /** How S3A encrypts with the catalog's own Hadoop configuration. */
  readonly buckets: Readonly<Record<string, Encryption>>;
}

export interface SparkJudge {
  readonly version: SparkVersion;
  /** `coreSite`: a core-site.xml in the same pod, or nothing. No commas in buckets' names. */
  spark(text: string, buckets: readonly string[], coreSite?: string): Promise<Reading | Failure>;
  /** What java.util.Properties loads; null where it throws. */
  load(text: string): Promise<Readonly<Record<string, string>> | null>;
  /** The words that Spark's launcher splits Java options into. */
  options(text: string): Promise<readonly string[] | Failure>;
  stop(): Promise<void>;
}

/** @throws Error if the jars can't be fetched */
export async function startSparkJudge(version: SparkVersion): Promise<SparkJudge> {
  const classPath = await ensureJudge(version);
  const folder = await mkdtemp(join(tmpdir(), 'spark-judge-'));
  const jvm = startJvm(`the judge of Spark ${version}`, ['-cp', classPath, 'SparkJudge', folder], folder);
  const ask = async (...words: string[]) => JSON.parse(await jvm.ask(words.join('\t')));
  const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');

  return {
    version,
    spark: (text, buckets, coreSite = '') => ask('spark', buckets.join(','), encode(text), encode(coreSite)),
    // Pairs, since V8's JSON.parse takes the key "\\u001c" for "\\\\" where it has seen that one in the same place before.
    async load(text) {
      const { pairs } = (await ask('load', encode(text))) as { readonly pairs?: [string, string][] };
      return pairs === undefined ? null : Object.fromEntries(pairs);
    },
    options: (text) => ask('options', encode(text)),
    async stop() {
      await jvm.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
