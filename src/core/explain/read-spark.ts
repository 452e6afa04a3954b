/**
 * Spark's properties as a list of what a driver sets in Hadoop's configuration, whatever a core-site.xml says.
 */
import { javaTrim } from '../clients/s3a/configuration.ts';
import { type SparkSetting, type SparkSettings, sparkHadoop, toSettings } from '../clients/spark/settings.ts';
import { readProperties } from '../formats/properties/read.ts';
import type { ConfigurationSource, Occurrence, Unreadable } from './occurrence.ts';
import { toUnreadable } from './read-hadoop.ts';

export type SparkRead =
  | {
      readonly ok: true;
      readonly settings: SparkSettings;
      readonly occurrences: readonly Occurrence[];
    }
  | { readonly ok: false; readonly fault: Unreadable };

export function readSpark(file: ConfigurationSource): SparkRead {
  const read = readProperties(file.text);
  if (!read.ok) {
    const message =
      "a '\\u' without four hexadecimal digits behind it: java.util.Properties throws, and Spark doesn't start";
    return { ok: false, fault: toUnreadable(file, read.offset, 'Malformed', message) };
  }
  const settings = toSettings(read.items.filter((item) => item.kind === 'entry'));
  const occurrences = settings.own.flatMap((setting) => toOccurrence(file, setting));
  return { ok: true, settings, occurrences };
}

/** The properties that a later one of exactly the same name overrides, in the same file or a later one, each with that later one. */
export function findRepeated(occurrences: readonly Occurrence[]): Map<Occurrence, Occurrence> {
  const last = new Map(occurrences.map((one) => [one.property, one]));
  const pairs = occurrences.map((one) => [one, last.get(one.property) ?? one] as const);
  return new Map(pairs.filter(([one, by]) => one !== by));
}

/** Empty where the setting isn't part of the driver's own Hadoop configuration. */
function toOccurrence(file: ConfigurationSource, { name, value, offset }: SparkSetting): Occurrence[] {
  if (!name.startsWith(sparkHadoop)) return [];
  const own = javaTrim(name.slice(sparkHadoop.length));
  return [{ file, offset, property: name, name: own, value, final: false, set: true, source: null, ignored: false }];
}
