/**
 * What a driver takes over from Spark's properties: those of the file, and the system properties in its Java options.
 */

import type { PropertiesEntry } from '../../formats/properties/read.ts';
import { findIcebergCatalogs } from '../iceberg/catalogs.ts';
import { javaTrim } from '../s3a/configuration.ts';
import { readJavaOptions } from './java-options.ts';

export interface SparkSetting {
  /** As Spark has it, blanks included. */
  readonly name: string;
  /** Trimmed. */
  readonly value: string;
  readonly offset: number;
  /** The Hadoop property that it sets, its name trimmed as Hadoop does; null where it sets none. */
  readonly hadoop: string | null;
  /** The property whose Java options it stands in, or null. */
  readonly within: string | null;
}

export interface SparkSettings {
  /** One for each entry, in their order. */
  readonly own: readonly SparkSetting[];
  /** System properties in Java options. */
  readonly embedded: readonly SparkSetting[];
  /** Catalogs whose S3FileIO is to be told how to encrypt. */
  readonly icebergCatalogs: readonly string[];
}

/** Those that hold Java options, for a JVM of this application. */
const javaOptions =
  /^spark\.(?:(?:driver|executor)\.(?:extra|default)JavaOptions|yarn\.am\.extraJavaOptions|(?:executorEnv|kubernetes\.driverEnv|yarn\.appMasterEnv)\.(?:JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|SPARK_EXECUTOR_OPTS|SPARK_SUBMIT_OPTS|SPARK_JAVA_OPT_\w+))$/;

export function holdsJavaOptions(name: string): boolean {
  return javaOptions.test(name);
}

/** What each name ends up with, under Spark's name and under Hadoop's: Hadoop asks Java's system properties first, which Spark's are. */
export function toValues(settings: readonly SparkSetting[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { hadoop, value } of settings) if (hadoop !== null) values.set(hadoop, value);
  for (const { name, value } of settings) values.set(name, value);
  return values;
}

export function toSettings(entries: readonly PropertiesEntry[]): SparkSettings {
  const all = entries.flatMap((entry) => {
    const one = { name: entry.name, value: javaTrim(entry.value), offset: entry.offset, within: null };
    if (!holdsJavaOptions(entry.name)) return [one];
    const { properties } = readJavaOptions(entry.value);
    return [
      one,
      ...properties.map(({ name, value }) => ({
        name,
        value: javaTrim(value),
        offset: entry.offset,
        within: entry.name,
      })),
    ];
  });
  const icebergCatalogs = findIcebergCatalogs(all);
  const settings = all.map((one) => ({ ...one, hadoop: toHadoopName(one.name) }));
  return {
    own: settings.filter(({ within }) => within === null),
    embedded: settings.filter(({ within }) => within !== null),
    icebergCatalogs,
  };
}

/**
 * | Spark's name                                         | Hadoop's   | by              |
 * | ---------------------------------------------------- | ---------- | --------------- |
 * | `spark.hadoop.X`                                     | `X`        | Spark           |
 * | `spark.sql.catalog.NAME.hadoop.X`                    | `X`        | Iceberg, Paimon |
 * | `spark.sql.catalog.NAME.s3.X`, `.s3a.X`, `.fs.s3a.X` | `fs.s3a.X` | Paimon          |
 *
 * What a catalog is can't be known for sure, so that Paimon's names count for each: Iceberg and others ignore them.
 */
export function toHadoopName(name: string): string | null {
  if (name.startsWith(sparkHadoop)) return javaTrim(name.slice(sparkHadoop.length));
  const [, catalog, kind, rest] = catalogName.exec(name) ?? [];
  if (catalog === undefined || kind === undefined || rest === undefined) return null;
  if (kind === 'hadoop.') return javaTrim(rest);
  return javaTrim(`fs.s3a.${rest}`);
}

export const sparkHadoop = 'spark.hadoop.';
const catalogName = /^spark\.sql\.catalog\.([^.]+)\.(hadoop\.|s3\.|s3a\.|fs\.s3a\.)(.+)$/s;

/** The prefix behind which Paimon's catalog gets what we want of it: its S3 client may read nothing else. */
export function paimonPrefix(name: string): string | null {
  const [, catalog, kind] = catalogName.exec(name) ?? [];
  return catalog === undefined || kind === 'hadoop.' ? null : `spark.sql.catalog.${catalog}.s3.`;
}
