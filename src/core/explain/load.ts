/**
 * What a client's configuration holds once all files are loaded: the value of each name, the property that set it, and why the
 * others lost. In Hadoop's files the last property wins, until the first final one. What Spark sets wins over all of them.
 */
import type { Occurrence } from './occurrence.ts';
import type { Release } from './version.ts';

export interface Held {
  readonly value: string;
  readonly from: Occurrence;
}

/** More than one value where the order of a hash table decides which property sets the name last: it can't be told which wins. */
export type Slot = readonly Held[];

/** Why a property has no effect. `by` is the property that takes effect instead. */
export type Lost = {
  readonly why:
    | 'earlierFinal'
    | 'laterProperty'
    | 'laterFile'
    | 'setBySpark'
    | 'bucketSetting'
    | 'longName'
    | 'newName'
    | 'globalFirst'
    | 'blank'
    | 'noValue'
    | 'frozenWithoutValue'
    | 'notReadByVersion'
    | 'blanksInName'
    | 'behindFallback'
    | 'clearTextFallbackOff';
  readonly by: Occurrence | null;
};

export interface Loaded {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly lost: ReadonlyMap<Occurrence, Lost>;
}

const s3a = 'fs.s3a.';

/** The name under which Hadoop stores a property: its own name, or for a deprecated name the present one. */
export function toPresentName(name: string, { aliases }: Release): string {
  if (!name.startsWith(s3a)) return name;
  const own = name.slice(s3a.length);
  return Object.hasOwn(aliases, own) ? s3a + aliases[own] : name;
}

/** @param occurrences of Hadoop's files, in the order of loading */
export function load(occurrences: readonly Occurrence[], release: Release) {
  const slots = new Map<string, Slot>();
  const lost = new Map<Occurrence, Lost>();
  const finals = new Map<string, Occurrence>();
  for (const occurrence of occurrences) {
    const { value, final, ignored } = occurrence;
    const name = toPresentName(occurrence.name, release);
    const frozen = finals.get(name);
    if (ignored) {
      lost.set(occurrence, { why: 'behindFallback', by: null });
      continue;
    }
    if (frozen !== undefined) {
      lost.set(occurrence, { why: frozen.value === null ? 'frozenWithoutValue' : 'earlierFinal', by: frozen });
      continue;
    }
    if (value === null) lost.set(occurrence, { why: 'noValue', by: null });
    else {
      for (const { from } of slots.get(name) ?? []) {
        lost.set(from, { why: from.file === occurrence.file ? 'laterProperty' : 'laterFile', by: occurrence });
      }
      slots.set(name, [{ value, from: occurrence }]);
    }
    if (final) finals.set(name, occurrence);
  }
  return { slots, lost };
}

/** Overrides values, as `Configuration.set` does. Values that are given for one name in the same call have no order among them. */
export function setAll(
  slots: Map<string, Slot>,
  given: Iterable<readonly [string, Held]>,
  release: Release,
  lose: (from: Occurrence, by: Occurrence) => void,
): void {
  const groups = new Map<string, Held[]>();
  for (const [name, held] of given) {
    const present = toPresentName(name, release);
    const group = groups.get(present);
    if (group === undefined) groups.set(present, [held]);
    else group.push(held);
  }
  for (const [name, group] of groups) {
    const by = group[0]?.from;
    for (const { from } of slots.get(name) ?? []) if (by !== undefined && from !== by) lose(from, by);
    slots.set(name, group);
  }
}
