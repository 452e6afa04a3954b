/**
 * The settings that a driver reads from Spark's properties: the file's entries, and the system properties in their Java options.
 */

import type { PropertiesEntry } from '../../formats/properties/read.ts';
import { catalogPrefix, findIcebergCatalogs } from '../iceberg/catalogs.ts';
import { javaTrim } from '../s3a/configuration.ts';
import type { Values } from '../s3a/expand.ts';
import { readJavaOptions } from './java-options.ts';

export interface SparkSetting {
  /** The name in Spark, blanks included. */
  readonly name: string;
  /** Trimmed. */
  readonly value: string;
  readonly offset: number;
  /** The Hadoop property that it sets, its name trimmed as Hadoop does; null where it sets none. */
  readonly hadoop: string | null;
  /** The entry whose Java options hold this setting, or null. */
  readonly within: string | null;
}

export interface SparkSettings {
  /** One for each entry, in their order. */
  readonly own: readonly SparkSetting[];
  /** System properties in Java options. */
  readonly embedded: readonly SparkSetting[];
  /** Catalogs whose S3FileIO gets our encryption options. */
  readonly icebergCatalogs: readonly string[];
}

/** Entries that hold Java options for a JVM of the application. */
const javaOptions =
  /^spark\.(?:(?:driver|executor)\.(?:extra|default)JavaOptions|yarn\.am\.extraJavaOptions|(?:executorEnv|kubernetes\.driverEnv|yarn\.appMasterEnv)\.(?:JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|SPARK_EXECUTOR_OPTS|SPARK_SUBMIT_OPTS|SPARK_JAVA_OPT_\w+))$/;

export function holdsJavaOptions(name: string): boolean {
  return javaOptions.test(name);
}

/** The final value of each name, under Spark's and under Hadoop's name: Spark's are system properties, which Hadoop looks up first. */
export function toValues(settings: readonly SparkSetting[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { hadoop, value } of settings) if (hadoop !== null) values.set(hadoop, value);
  for (const { name, value } of settings) values.set(name, value);
  return values;
}

/** As `toValues`, collected when the first is asked for: in most files none is. */
export function toValuesWhenAsked(settings: readonly SparkSetting[]): Values {
  let values: Values | undefined;
  return {
    get(name) {
      values ??= toValues(settings);
      return values.get(name);
    },
  };
}

/** The settings of all entries, and of the system properties in their Java options. */
export function toSettings(entries: readonly PropertiesEntry[]): SparkSettings {
  const own = entries.map(({ name, value, offset }) => toSetting(name, value, offset, null));
  const embedded = entries
    .filter(({ name }) => holdsJavaOptions(name))
    .flatMap((entry) =>
      readJavaOptions(entry.value).properties.map(({ name, value }) =>
        toSetting(name, value, entry.offset, entry.name),
      ),
    );
  return { own, embedded, icebergCatalogs: findIcebergCatalogs([...own, ...embedded]) };
}

function toSetting(name: string, value: string, offset: number, within: string | null): SparkSetting {
  return { name, value: javaTrim(value), offset, hadoop: toHadoopName(name), within };
}

/**
 * | Spark's name                                         | Hadoop's   | by              |
 * | ---------------------------------------------------- | ---------- | --------------- |
 * | `spark.hadoop.X`                                     | `X`        | Spark           |
 * | `spark.sql.catalog.NAME.hadoop.X`                    | `X`        | Iceberg, Paimon |
 * | `spark.sql.catalog.NAME.s3.X`, `.s3a.X`, `.fs.s3a.X` | `fs.s3a.X` | Paimon          |
 *
 * The kind of a catalog can't be known for sure, so Paimon's names count for every catalog: Iceberg and others ignore them.
 */
export function toHadoopName(name: string): string | null {
  if (name.startsWith(sparkHadoop)) return javaTrim(name.slice(sparkHadoop.length));
  if (!name.startsWith(catalogPrefix)) return null;
  const [, catalog, kind, rest] = catalogName.exec(name) ?? [];
  if (catalog === undefined || kind === undefined || rest === undefined) return null;
  if (kind === 'hadoop.') return javaTrim(rest);
  return javaTrim(`fs.s3a.${rest}`);
}

export const sparkHadoop = 'spark.hadoop.';
const catalogName = /^spark\.sql\.catalog\.([^.]+)\.(hadoop\.|s3\.|s3a\.|fs\.s3a\.)(.+)$/s;

/** The prefix of our properties for a Paimon catalog: its S3 client may read no other names. */
export function paimonPrefix(name: string): string | null {
  const [, catalog, kind] = catalogName.exec(name) ?? [];
  return catalog === undefined || kind === 'hadoop.' ? null : `spark.sql.catalog.${catalog}.s3.`;
}
