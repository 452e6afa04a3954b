/**
 * The plan for spark-defaults.conf: nothing in it is changed, but what would get past the assignment is told, and refused
 * under Strict. Spark sets each `spark.hadoop.NAME` in Hadoop's configuration by code, which no final property withstands.
 */
import { javaTrim } from '../hadoop/configuration.ts';
import type { Expansion } from '../hadoop/expand.ts';
import { type Located, shortName } from '../hadoop/finding.ts';
import { isForbidden } from '../hadoop/members.ts';
import { wantedProperties } from '../hadoop/s3a.ts';
import { settingChecks } from '../hadoop/setting-checks.ts';
import type { Desired, Plan } from '../plan.ts';
import { locator } from '../xml/position.ts';
import { readProperties } from './properties.ts';

const prefix = 'spark.hadoop.';

export function planSparkDefaults(text: string, desired: Desired): Plan {
  const positionOf = locator(text);
  const properties: Located[] = readProperties(text)
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, value, offset }) => ({ name: javaTrim(name.slice(prefix.length)), value: javaTrim(value), offset }));
  const found = findWaysPast(properties, desired).map(({ name, offset }) => ({
    ...positionOf(offset),
    message: `${prefix}${shortName(name)} gets past the assignment in every Spark application that has this file: remove it`,
  }));
  const [first] = found.sort((a, b) => a.line - b.line);
  if (desired.strict && first !== undefined) return { kind: 'refused', reason: 'NotProvable', ...first };
  return { kind: 'unchanged', notes: found.map((place) => ({ kind: 'notProvable', ...place })), holdsBlock: false };
}

/** Spark leaves `${…}` to Hadoop, whose other files may say what it is. */
function expand(value: string): readonly Expansion[] {
  return [{ text: value, known: !value.includes('${') }];
}

function findWaysPast(properties: readonly Located[], desired: Desired): readonly Located[] {
  const wanted = new Map(wantedProperties(desired).map(({ name, value }) => [name, javaTrim(value)]));
  const unmanaged = new Set(desired.buckets.filter((rule) => 'unmanaged' in rule).map(({ name }) => name));
  const perBucket = desired.buckets.length > 0;
  return properties.filter((property) => {
    const { name, value } = property;
    if (isForbidden({ trimmedName: name, source: null }, desired)) return wanted.get(name) !== value;
    return settingChecks.some((check) => check({ properties: [property], unmanaged, perBucket, expand }).length > 0);
  });
}
