/**
 * Why S3A encrypts as it does, for a bucket and a release of Hadoop: the encryption that the files result in, the property
 * that decides each setting, what overrides every other property, and what the files alone can't tell.
 */

import { javaTrim } from '../clients/s3a/configuration.ts';
import { toEncryptionProperties } from '../clients/s3a/encryption-properties.ts';
import { toValues } from '../clients/spark/settings.ts';
import { type EffectiveEncryption, toEncryption } from './encryption.ts';
import { type Doubt, findDoubts } from './hazards.ts';
import { type Loaded, type Lost, load, type Slot, setAll, toPresentName } from './load.ts';
import { buildLookUp, type SettingDecision, toName } from './look-up.ts';
import type { ConfigurationSource, Occurrence, Unreadable } from './occurrence.ts';
import { type FindIncluded, readHadoop, type Unseen } from './read-hadoop.ts';
import { findRepeated, readSpark } from './read-spark.ts';
import type { EncryptionSetting, Release } from './version.ts';

export interface ConfigurationInput {
  /** In the order of loading. Spark's files override Hadoop's files, whatever their order. */
  readonly sources: readonly ConfigurationSource[];
  readonly release: Release;
  readonly findIncluded: FindIncluded;
}

/** All files as one release has loaded them. `explain` looks buckets up in it. */
export interface Configuration extends Loaded {
  readonly release: Release;
  /** Every property of the files, in their order. */
  readonly occurrences: readonly Occurrence[];
  readonly unseen: readonly Unseen[];
  /** Java's system properties, as far as Spark sets them. */
  readonly system: ReadonlyMap<string, string>;
}

export type ConfigurationRead =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly fault: Unreadable };

export interface Overridden extends Lost {
  readonly setting: EncryptionSetting;
  readonly occurrence: Occurrence;
}

export interface Explanation {
  /** Null where the order of a hash table decides. */
  readonly encryption: EffectiveEncryption | null;
  readonly settings: Readonly<Record<EncryptionSetting, SettingDecision>>;
  /** In the order of the files. */
  readonly overridden: readonly Overridden[];
  /** Why the running client may encrypt differently. */
  readonly doubts: readonly Doubt[];
}

/** Reads and loads all files, or says why one of them can't be read. */
export function readConfiguration({ sources, release, findIncluded }: ConfigurationInput): ConfigurationRead {
  const hadoop: Occurrence[] = [];
  const spark: Occurrence[] = [];
  const unseen: Unseen[] = [];
  let system: ReadonlyMap<string, string> = new Map();
  for (const source of sources) {
    if (source.format === 'spark') {
      const read = readSpark(source);
      if (!read.ok) return read;
      system = new Map([...system, ...toValues(read.settings.own)]);
      spark.push(...read.occurrences);
      continue;
    }
    const read = readHadoop(source, release, findIncluded);
    if (!read.ok) return read;
    hadoop.push(...read.occurrences);
    unseen.push(...read.unknownIncludes);
  }
  const { slots, lost } = load(hadoop, release);
  setBySpark(spark, slots, lost, release);
  return { ok: true, configuration: { release, slots, lost, system, unseen, occurrences: [...hadoop, ...spark] } };
}

function setBySpark(
  spark: readonly Occurrence[],
  slots: Map<string, Slot>,
  lost: Map<Occurrence, Lost>,
  release: Release,
): void {
  const repeated = findRepeated(spark);
  for (const [one, by] of repeated) lost.set(one, { why: one.file === by.file ? 'laterProperty' : 'laterFile', by });
  const standing = spark.filter((one) => !repeated.has(one));
  const given = standing.map((from) => [from.name, { value: from.value ?? '', from }] as const);
  setAll(slots, given, release, (from, by) => lost.set(from, { why: 'setBySpark', by }));
}

/** @param bucket null: a bucket for which no file has settings of its own */
export function explain(configuration: Configuration, bucket: string | null): Explanation {
  const { release, unseen, system } = configuration;
  const lost = new Map(configuration.lost);
  const lookUp = buildLookUp({ slots: configuration.slots, lost }, bucket, release, system);
  const settings = {
    algorithm: lookUp.decide('algorithm'),
    key: lookUp.decide('key'),
    context: lookUp.decide('context'),
  };
  const { algorithm, key, context } = settings;
  const open = [algorithm, key, context].some(({ candidates }) => candidates.length > 0);
  return {
    encryption: open ? null : toEncryption(algorithm.value, key.value, context.value, release),
    settings,
    overridden: findOverridden(configuration, bucket, settings, lost, lookUp.readsClearText),
    doubts: findDoubts(settings, lookUp.slots, unseen),
  };
}

/** Every property about the bucket's encryption that doesn't decide it. */
function findOverridden(
  { occurrences, release }: Configuration,
  bucket: string | null,
  decided: Readonly<Record<EncryptionSetting, SettingDecision>>,
  lost: ReadonlyMap<Occurrence, Lost>,
  readsClearText: boolean,
): Overridden[] {
  return occurrences.flatMap((occurrence) => {
    const setting = settingOf(occurrence, bucket);
    if (setting === null || decided[setting].by === occurrence) return [];
    if (decided[setting].candidates.some(({ from }) => from === occurrence)) return [];
    const known = lost.get(occurrence);
    const why = known ?? whyPassedOver(occurrence, setting, bucket, release, decided[setting], readsClearText);
    return [{ setting, occurrence, ...why }];
  });
}

function settingOf({ name }: Occurrence, bucket: string | null): EncryptionSetting | null {
  const encryptionProperties = toEncryptionProperties(javaTrim(name));
  return (
    encryptionProperties.find(
      (encryptionProperty) => encryptionProperty.bucket === null || encryptionProperty.bucket === bucket,
    )?.setting ?? null
  );
}

function whyPassedOver(
  { name }: Occurrence,
  setting: EncryptionSetting,
  bucket: string | null,
  release: Release,
  { by }: SettingDecision,
  readsClearText: boolean,
): Lost {
  const steps = release.steps[setting];
  const placeOf = (one: string) => steps.findIndex((step) => toName(step, bucket, release) === one);
  const own = placeOf(toPresentName(name, release));
  if (!readsClearText && (setting !== 'algorithm' || release.algorithmIsSecret)) {
    return { why: 'clearTextFallbackOff', by: null };
  }
  if (own < 0) return { why: name === javaTrim(name) ? 'notReadByVersion' : 'blanksInName', by: null };
  const winner = by === null ? -1 : placeOf(toPresentName(by.name, release));
  if (winner < 0 || own < winner) return { why: 'blank', by };
  const [ownStep, winnerStep] = [steps[own], steps[winner]];
  if (winnerStep?.where === 'global') return { why: 'globalFirst', by };
  if (ownStep?.where === 'global') return { why: 'bucketSetting', by };
  if (ownStep?.name !== winnerStep?.name) return { why: 'newName', by };
  return { why: 'longName', by };
}
