/**
 * What in Spark's properties makes an assignment impossible or unprovable, as small checks in an ordered list. The first
 * refusal counts. Hadoop's options, under any prefix, go through the checks of Hadoop files.
 */

import type { DesiredFile } from '../../plan/plan.ts';
import type { Violation } from '../../plan/report.ts';
import { decidesEncryption, toCatalogOption } from '../iceberg/catalogs.ts';
import { type LocatedProperty, type Settings, shortName, unprovable } from '../s3a/check-input.ts';
import { javaTrim } from '../s3a/configuration.ts';
import { expand, type Values } from '../s3a/expand.ts';
import { otherEncryption } from '../s3a/other-encryption.ts';
import { settingChecks } from '../s3a/setting-checks.ts';
import { isForbidden } from '../s3a/sort-elements.ts';
import { readJavaOptions } from './java-options.ts';
import { holdsJavaOptions, type SparkSetting, type SparkSettings, toValuesWhenAsked } from './settings.ts';

type SparkCheck = (settings: readonly SparkSetting[], input: SparkInput) => readonly Violation[];

interface SparkInput {
  readonly desired: DesiredFile;
  readonly icebergCatalogs: readonly string[];
  /** What the file sets, for variables. */
  readonly values: Values;
  /** The values that the file must have, by name. */
  readonly wanted: ReadonlyMap<string, string>;
}

const checks: readonly SparkCheck[] = [
  hadoopOptions,
  customEncryption,
  embeddedEncryption,
  otherJavaOptions,
  otherConfiguration,
  replacedFileIo,
  catalogsOfManyBuckets,
  catalogsWithoutContext,
];

/** All violations, refusals and unprovable ones alike, in the order of the checks. */
export function findViolations(
  { own, embedded, icebergCatalogs }: SparkSettings,
  desired: DesiredFile,
  wanted: ReadonlyMap<string, string>,
): Violation[] {
  const all = [...own, ...embedded];
  const input: SparkInput = { desired, icebergCatalogs, values: toValuesWhenAsked(all), wanted };
  const settings = all.filter(isRelevant);
  return checks.flatMap((check) => check(settings, input));
}

const relevant =
  /^spark\.(?:hadoop|sql\.catalog|driver|executor|executorEnv|kubernetes|yarn|files|jars|archives|submit)(?:\.|$)/;

/** No check is about another name, as most names are. */
function isRelevant({ name, within }: SparkSetting): boolean {
  return within !== null || relevant.test(name);
}

/** Rows 3 and 4: as in core-site.xml. */
function hadoopOptions(settings: readonly SparkSetting[], { desired, values }: SparkInput): Violation[] {
  const { buckets } = desired;
  const properties = settings.flatMap(({ hadoop, value, offset }): LocatedProperty[] =>
    hadoop === null ? [] : [{ name: hadoop, value, offset }],
  );
  const unmanaged = new Set(buckets.filter((rule) => 'unmanaged' in rule).map(({ name }) => name));
  const input: Settings = {
    properties,
    unmanaged,
    perBucket: buckets.length > 0,
    expand: (value) => [expand(value, values)],
  };
  return [otherEncryption, ...settingChecks].flatMap((check) => check(input));
}

/** Row 5: Iceberg's SSE-C, whose key may be the only copy. */
function customEncryption(settings: readonly SparkSetting[]): Violation[] {
  return settings.flatMap(({ name, value, offset }) => {
    const option = toCatalogOption(name)?.option;
    const custom = option === 's3.sse.type' && /^custom$/iu.test(value);
    if (!custom && !(option === 's3.sse.key' && /^[A-Za-z0-9+/]{43}=$/.test(value))) return [];
    const message = `${shortName(name)} is ${custom ? 'custom' : 'a key as SSE-C needs it'}: objects written so are only readable with a key in this file, so it is not touched. Rewrite them with SSE-KMS and remove this property`;
    return [{ reason: 'OtherEncryptionInUse' as const, offset, message }];
  });
}

/** Rows 2 and 7: in a driver's Java options a name that we don't set wins; in an executor's Java options every name wins. */
function embeddedEncryption(settings: readonly SparkSetting[], { desired, wanted }: SparkInput): Violation[] {
  return settings.flatMap(({ name, value, offset, hadoop, within }) => {
    if (within === null || wanted.get(name) === value) return [];
    const option = toCatalogOption(name);
    const decides =
      (hadoop !== null && isForbidden({ trimmedName: hadoop, source: null }, desired)) ||
      (option !== null && decidesEncryption(option));
    if (!decides) return [];
    const message = `${shortName(within)} sets ${shortName(name)} among other Java options, so that it can't be cut out alone: remove that option`;
    return [{ reason: 'CannotBeCut' as const, offset, message }];
  });
}

/** Rows 2 and 7. */
function otherJavaOptions(settings: readonly SparkSetting[]): Violation[] {
  return settings
    .filter(({ name, within }) => within === null && holdsJavaOptions(name))
    .flatMap(({ name, value, offset }) =>
      readJavaOptions(value).unprovable.map((word) =>
        unprovable(
          offset,
          `${shortName(name)}: ${shortName(word)} brings in options or classes that may override the assignment`,
        ),
      ),
    );
}

/** Rows 7 and 8: options by which executors or the driver may find another configuration. */
const environments =
  /^spark\.(?:executorEnv|kubernetes\.driverEnv|yarn\.appMasterEnv)\.(?:HADOOP_CONF_DIR|SPARK_CONF_DIR|SPARK_DIST_CLASSPATH|SPARK_EXTRA_CLASSPATH|HADOOP_CLASSPATH|CLASSPATH|LD_PRELOAD)$/;
const classPaths = /^spark\.(?:driver|executor)\.extraClassPath$/;
const files = /^spark\.(?:files|jars|archives|submit\.pyFiles|yarn\.dist\.(?:files|jars|archives))$/;
/** Files that Hadoop and Spark load by name. The part after `#` is the name that a file gets. */
const configurationFile = /(?:^|[/#])(?:[\w-]+-(?:site|default)\.xml|__spark_hadoop_conf__\.xml)$/;

function otherConfiguration(settings: readonly SparkSetting[]): Violation[] {
  return settings.flatMap(({ name, value, offset }) => {
    const brings = (what: string) => [
      unprovable(
        offset,
        `${shortName(name)}: ${shortName(what)} may bring in a configuration that overrides the assignment`,
      ),
    ];
    if (environments.test(name) && value !== '') return brings(value);
    // A jar is code like the application itself. A folder may hold a core-site.xml.
    const folder = classPaths.test(name)
      ? value.split(':').find((part) => part !== '' && !/(?:\.jar|\/\*)$/.test(part))
      : undefined;
    if (folder !== undefined) return brings(folder);
    const file = files.test(name)
      ? value.split(',').find((part) => part.split('#').some((half) => configurationFile.test(`/${javaTrim(half)}`)))
      : undefined;
    return file === undefined ? [] : brings(file);
  });
}

/** The code that writes a catalog's objects, where it is neither Iceberg's nor AWS's. */
function replacedFileIo(settings: readonly SparkSetting[], { icebergCatalogs }: SparkInput): Violation[] {
  return settings.flatMap(({ name, value, offset }) => {
    const option = toCatalogOption(name);
    if (option === null || !icebergCatalogs.includes(option.catalog)) return [];
    if (!/^(?:io-impl|client\.factory|s3\.client-factory-impl)$/.test(option.option)) return [];
    if (value === '' || value.startsWith('org.apache.iceberg.')) return [];
    return [
      unprovable(offset, `${shortName(name)} replaces a part of the S3 client, which may not encrypt as it is told`),
    ];
  });
}

/** S3FileIO has one key for all buckets; and Spark takes a catalog's name for a pattern. */
function catalogsOfManyBuckets(
  settings: readonly SparkSetting[],
  { desired, icebergCatalogs }: SparkInput,
): Violation[] {
  const differs = desired.buckets.some(
    (rule) => 'unmanaged' in rule || JSON.stringify(rule.key) !== JSON.stringify(desired.key),
  );
  const byCatalog = groupByCatalog(settings);
  return icebergCatalogs.flatMap((catalog) => {
    const offset = byCatalog.get(catalog)?.[0]?.offset ?? 0;
    const name = shortName(catalog);
    if (!/^[\w-]+$/.test(catalog)) {
      return [
        unprovable(
          offset,
          `Spark takes the catalog's name ${name} for a pattern, and may read other options: rename it`,
        ),
      ];
    }
    const message = `Iceberg's S3FileIO has one key for all buckets: the catalog ${name} writes with the assignment's, also into the buckets that have another`;
    return differs ? [unprovable(offset, message)] : [];
  });
}

/** S3FileIO of Iceberg 1.10 knows no encryption context. A catalog that is set to write through S3A has S3A's. */
function catalogsWithoutContext(
  settings: readonly SparkSetting[],
  { desired, icebergCatalogs }: SparkInput,
): Violation[] {
  const contexts = [desired, ...desired.buckets.filter((rule) => 'key' in rule)].map(
    ({ encryptionContext }) => encryptionContext ?? {},
  );
  if (contexts.every((context) => Object.keys(context).length === 0)) return [];
  const byCatalog = groupByCatalog(settings);
  return icebergCatalogs.flatMap((catalog) => {
    const options = byCatalog.get(catalog) ?? [];
    const fileIos = options.filter(({ name }) => toCatalogOption(name)?.option === 'io-impl');
    if (fileIos.length > 0 && fileIos.every(({ value }) => value === 'org.apache.iceberg.hadoop.HadoopFileIO'))
      return [];
    const message = `Iceberg's S3FileIO sends no encryption context: what the catalog ${shortName(catalog)} writes with it has none, and a key policy that requires one denies it`;
    return [unprovable(options[0]?.offset ?? 0, message)];
  });
}

/** The settings of each catalog, in the file's order. In one pass, since a file may name thousands of catalogs. */
function groupByCatalog(settings: readonly SparkSetting[]): ReadonlyMap<string, readonly SparkSetting[]> {
  const groups = new Map<string, SparkSetting[]>();
  for (const setting of settings) {
    const catalog = /^spark\.sql\.catalog\.([^.]+)(?:\.|$)/.exec(setting.name)?.[1];
    if (catalog === undefined) continue;
    const group = groups.get(catalog);
    if (group === undefined) groups.set(catalog, [setting]);
    else group.push(setting);
  }
  return groups;
}
