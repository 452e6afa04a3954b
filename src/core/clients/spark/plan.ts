/**
 * The plan for Spark's properties. Our entries stand at the end of the file, since the last entry of a name wins; every other
 * entry that decides encryption is cut out. Spark sets each `spark.hadoop.NAME` in Hadoop's configuration by code, which
 * overrides even final properties of core-site.xml.
 *
 * Two things are left out on purpose. Only buckets that the assignment names get per-bucket properties: other names would be
 * guesses. And `hadoop.security.credential.clear-text-fallback` is not set to true. It would keep our values in force under a
 * core-site.xml that says false, but it would also allow other secrets in clear text, which isn't ours to allow.
 */

import { type PropertiesComment, type PropertiesEntry, readProperties } from '../../formats/properties/read.ts';
import { type Pair, readAgain } from '../../formats/properties/read-again.ts';
import { findStyle, writeEntry } from '../../formats/properties/write.ts';
import { applyEdits, type Edit } from '../../plan/edits.ts';
import {
  type Client,
  type DesiredFile,
  type Edited,
  type Plan,
  type PlanScope,
  type Purpose,
  planFile,
} from '../../plan/plan.ts';
import { decidesEncryption, toCatalogOption, wantedOptions } from '../iceberg/catalogs.ts';
import { shortName } from '../s3a/check-input.ts';
import { javaTrim } from '../s3a/configuration.ts';
import {
  toEncryptionProperty,
  toSettingKey,
  type WantedProperty,
  wantedProperties,
} from '../s3a/encryption-properties.ts';
import {
  type Around,
  alone,
  bySetting,
  findLeft,
  leaveBuckets,
  pinMark,
  pinsOf,
  toStoreMessage,
} from '../s3a/other-stores.ts';
import { encryptsWithKms } from '../s3a/outdated.ts';
import { isForbidden } from '../s3a/sort-elements.ts';
import { joinWays, noWay } from '../s3a/ways-to-aws.ts';
import { type Block, findBlocks, toMarker } from './blocks.ts';
import { findViolations } from './checks.ts';
import {
  paimonPrefix,
  type SparkSetting,
  type SparkSettings,
  sparkHadoop,
  toHadoopName,
  toSettings,
} from './settings.ts';
import { findSparkStores, waysToAwsIn } from './stores.ts';

/** Plans one file. @param around what the files of its object say about the store */
export function planSpark(
  text: string,
  assigned: DesiredFile,
  around: Around = alone,
  purpose: Purpose = 'write',
): Plan {
  return planFile(text, assigned, buildClient(around), purpose);
}

/** The file's entries and comments, and the settings that a driver reads from the entries, one for one. */
interface SparkDocument {
  readonly items: readonly (PropertiesEntry | PropertiesComment)[];
  readonly entries: readonly PropertiesEntry[];
  readonly settings: SparkSettings;
}

interface SparkScope extends PlanScope {
  /** Buckets and catalogs that are left alone. */
  readonly left: readonly string[];
  readonly leftCatalogs: ReadonlySet<string>;
  /** The entries to write, in this order. */
  readonly wanted: readonly WantedProperty[];
  /** The file's settings that the assignment covers. */
  readonly settings: SparkSettings;
}

function buildClient(around: Around): Client<SparkDocument, SparkScope> {
  return {
    read,
    toScope: (document, assigned) => toScope(document, assigned, around),
    findViolations: (_, { settings, desired, wanted }) =>
      findViolations(settings, desired, new Map(wanted.map(({ name, value }) => [name, value]))),
    edit: (text, document, scope) => edit(text, document, scope, around),
  };
}

/** Fails where java.util.Properties would throw. */
function read(text: string): ReturnType<Client<SparkDocument, SparkScope>['read']> {
  const found = readProperties(text);
  if (!found.ok) {
    const message = 'a \\u has no four hexadecimal digits behind it, so that Spark would not start: mend it';
    return { ok: false, fault: { reason: 'Malformed', offset: found.offset, message } };
  }
  const entries = found.items.filter((item) => item.kind === 'entry');
  return { ok: true, document: { items: found.items, entries, settings: toSettings(entries) } };
}

function toScope({ settings: all }: SparkDocument, assigned: DesiredFile, around: Around): SparkScope | null {
  const stores = findSparkStores(all.own);
  const leaves = assigned.otherStores === 'Leave';
  const hadoopNames = all.own.flatMap(({ hadoop }) => (hadoop === null ? [] : [{ trimmedName: hadoop }]));
  const ways = leaves ? joinWays([waysToAwsIn(all.own), around.waysToAws]) : noWay;
  const left = leaves ? findLeft(hadoopNames, stores.s3a, around.elsewhere, ways) : [];
  if (left === 'file') return null;
  const desired = leaveBuckets(assigned, left);
  const leftCatalogs = new Set(leaves ? stores.catalogs.map(({ catalog }) => catalog) : []);
  const settings = leaveCatalogs(all, leftCatalogs);
  const others = [
    ...stores.s3a.filter(({ bucket }) => bucket === null || !left.includes(bucket)),
    ...stores.catalogs.filter(({ catalog }) => !leftCatalogs.has(catalog)),
  ];
  return {
    desired,
    left,
    leftCatalogs,
    leavesSome: left.length + leftCatalogs.size > 0,
    otherStores: others.map((store) => ({ offset: store.offset, message: toStoreMessage(store, leaves) })),
    wanted: wantedEntries(settings, desired),
    settings,
  };
}

function edit(text: string, document: SparkDocument, scope: SparkScope, around: Around): Edited {
  const { items, entries, settings } = document;
  const { desired, leftCatalogs, wanted } = scope;
  const blocks = findBlocks(text, items);
  const ours = new Set(blocks.flatMap((block) => block.entries));
  const foreign = entries.flatMap((entry, index) => {
    const setting = settings.own[index];
    return setting !== undefined && !ours.has(entry) && mayNotStay(setting, desired, leftCatalogs)
      ? [{ ...setting, entry }]
      : [];
  });
  const pins = toPins(document, scope, blocks, ours, around);
  const gone = new Set([...ours, ...foreign.map(({ entry }) => entry)]);
  const kept = entries.filter((entry) => !gone.has(entry));

  const cuts = toCuts([...blocks, ...foreign.map(({ entry }) => entry)]);
  const base = applyEdits(text, cuts);
  const style = findStyle(base, kept);
  const block = [
    style.lineEnd.repeat(2), // the first may be the continuation of an entry that ends in a backslash
    toMarker(desired.source) + style.lineEnd,
    ...wanted.map(({ name, value }) => writeEntry(name, value, style)),
    ...(pins.length === 0 ? [] : [toMarker(desired.source + pinMark) + style.lineEnd]),
    ...pins.map(({ name, value }) => writeEntry(name, value, style)),
  ].join('');
  const result = base + block;
  const stood = new Map([...ours].map(({ name, value }) => [name, value]));
  return {
    result,
    edits: result === text ? [] : [...cuts, { offset: text.length, length: 0, text: block }],
    overridden: foreign
      .filter(buildComparison(wanted))
      .map(({ name, offset }) => ({ offset, message: `${shortName(name)} was removed; ${desired.source} sets it` })),
    holdsBlock: true,
    isOutdated: () =>
      foreign.length === 0 &&
      blocks.at(-1)?.end === text.length &&
      encryptsWithKms((name) => stood.get(sparkHadoop + name)),
    // Where nothing is cut, the result begins with the text, and whoever reads it reads the text too.
    isReadAgain: () => (cuts.length === 0 || isRead(text, entries)) && isRead(result, [...kept, ...wanted, ...pins]),
  };
}

/** The entries that keep ours from buckets that are left alone. */
function toPins(
  { entries, settings }: SparkDocument,
  { desired, left }: SparkScope,
  blocks: readonly Block[],
  ours: ReadonlySet<PropertiesEntry>,
  around: Around,
): WantedProperty[] {
  if (left.length === 0) return [];
  const standing = new Map(
    blocks.flatMap((block) => block.pins).map(({ name, value }) => [toHadoopName(name) ?? '', value]),
  );
  const theirs = bySetting(
    settings.own.flatMap(({ name, hadoop, value }, index) =>
      hadoop !== null && name.startsWith(sparkHadoop) && !ours.has(entries[index] as PropertiesEntry)
        ? [{ trimmedName: hadoop, value, final: false }]
        : [],
    ),
  );
  return left
    .flatMap((bucket) => pinsOf(bucket, theirs, around.said, standing, desired.source))
    .map(({ name, value }) => ({ name: sparkHadoop + name, value: javaTrim(value) }));
}

/** The settings without the catalogs that are left alone. */
function leaveCatalogs(settings: SparkSettings, left: ReadonlySet<string>): SparkSettings {
  if (left.size === 0) return settings;
  const { own, embedded, icebergCatalogs } = settings;
  const stays = ({ name }: SparkSetting) => !left.has(toCatalogOption(name)?.catalog ?? '');
  return {
    own: own.filter(stays),
    embedded: embedded.filter(stays),
    icebergCatalogs: icebergCatalogs.filter((catalog) => !left.has(catalog)),
  };
}

/** In the order in which they are written. Spark and Hadoop trim values, so an unset key is written as an empty one. */
function wantedEntries({ own, icebergCatalogs }: SparkSettings, desired: DesiredFile): WantedProperty[] {
  const properties = wantedProperties(desired).map(({ name, value }) => ({ name, value: javaTrim(value) }));
  const behind = (prefix: string, from: number) =>
    properties.map(({ name, value }) => ({ name: prefix + name.slice(from), value }));
  const paimon = own.filter(({ hadoop }) => decidesS3a(hadoop, desired)).map(({ name }) => paimonPrefix(name));
  return [
    ...behind(sparkHadoop, 0),
    ...icebergCatalogs.flatMap((catalog) => wantedOptions(catalog, desired)),
    ...[...new Set(paimon.filter((prefix) => prefix !== null))]
      .sort()
      .flatMap((prefix) => behind(prefix, 'fs.s3a.'.length)),
  ];
}

/** Whether a setting must be cut: it decides encryption, and the assignment doesn't leave it, its bucket or its catalog alone. */
function mayNotStay({ name, hadoop }: SparkSetting, desired: DesiredFile, leftCatalogs: ReadonlySet<string>): boolean {
  const option = toCatalogOption(name);
  if (option !== null && leftCatalogs.has(option.catalog)) return false;
  return decidesS3a(hadoop, desired) || (option !== null && decidesEncryption(option));
}

function decidesS3a(hadoop: string | null, desired: DesiredFile): boolean {
  return hadoop !== null && isForbidden({ trimmedName: hadoop, source: null }, desired);
}

/** Cuts of spans; spans that touch or overlap become one cut. */
function toCuts(spans: readonly { readonly start: number; readonly end: number }[]): Edit[] {
  const cuts: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const last = cuts.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else cuts.push({ start, end });
  }
  return cuts.map(({ start, end }) => ({ offset: start, length: end - start, text: '' }));
}

/** Whether the second reader finds these entries, in this order. Spark drops one without a name. */
function isRead(text: string, entries: readonly WantedProperty[]): boolean {
  const due = entries.filter(({ name }) => name !== '');
  const read = readAgain(text)?.filter(([name]) => name !== '');
  return (
    read !== undefined &&
    read.length === due.length &&
    read.every(([name, value]: Pair, index) => name === due[index]?.name && value === due[index]?.value)
  );
}

/** A function that tells whether a cut setting had another value than ours. Ours have the same value under all names of a setting. */
function buildComparison(wanted: readonly WantedProperty[]): (setting: SparkSetting) => boolean {
  const values = new Map<string, string>();
  for (const { name, value } of wanted) {
    const encryptionProperty = name.startsWith(sparkHadoop)
      ? toEncryptionProperty(name.slice(sparkHadoop.length))
      : null;
    values.set(encryptionProperty === null ? name : toSettingKey(encryptionProperty), value);
  }
  return ({ name, value, hadoop }) => {
    const encryptionProperty = toEncryptionProperty(hadoop ?? '');
    if (encryptionProperty !== null)
      return (
        (values.get(toSettingKey(encryptionProperty)) ??
          values.get(toSettingKey({ ...encryptionProperty, bucket: null }))) !== value
      );
    const option = toCatalogOption(name);
    const due = values.get(`spark.sql.catalog.${option?.catalog}.${option?.option}`) ?? '';
    return due !== (option?.option === 's3.sse.type' ? value.toLowerCase() : value);
  };
}
