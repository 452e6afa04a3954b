/**
 * Who fights for an object: counts the updates that the webhook changed back to exactly what was stored. The writer of such an
 * update would be content without the operator, so one that compares what it reads with what it wants repeats it for ever.
 * The API server stores nothing then, so only the replicas that answer the reviews can know of it. The clock is an argument.
 */
import { compareTexts } from './compare-texts.ts';
import type { ConfigObjectKind } from './plan/config-object.ts';

/** Who sent an update. Both texts are the client's own words, shortened. */
export interface Writer {
  /** The field manager; empty where the API server names none. */
  readonly manager: string;
  readonly user: string;
}

export interface ObjectName {
  readonly kind: ConfigObjectKind;
  readonly namespace: string;
  readonly name: string;
}

/** An update that was changed back. */
export interface RevertedUpdate extends ObjectName {
  readonly writer: Writer;
}

/** How often updates of an object were changed back within the window, and by whom they were sent. */
export interface RevertedCount extends ObjectName {
  readonly times: number;
  readonly writers: readonly Writer[];
}

export const windowMs = 5 * 60_000;
/**
 * So many within the window are a fight: one every thirty seconds. Who applies an unchanged manifest on an interval (pipelines,
 * GitOps tools, Terraform) does so once a minute at most, usually every few minutes or hours: five times within the window.
 */
export const threshold = 10;

/** A replica shares counts from here on, since the other replicas may have answered the rest. */
const leastShared = 2;
/** The objects that one replica shares: those written most often. */
const mostShared = 50;
/** The objects that one replica counts; the one that was written longest ago is dropped first. Some 3 kB each. */
const mostCounted = 256;
const mostWriters = 3;
/** Times are counted by slots of this length, so that a count costs the same whatever the rate. */
const slotMs = 10_000;

interface Counted {
  readonly object: ObjectName;
  /** Updates by slot, the latest slot last. */
  readonly slots: Map<number, number>;
  writers: readonly Writer[];
}

export interface RevertedCounter {
  /** `now`: milliseconds of a monotonic clock. */
  add(update: RevertedUpdate, now: number): void;
  /** What this replica has to share. */
  counts(now: number): readonly RevertedCount[];
}

/** Builds the counter of one replica. */
export function buildRevertedCounter(): RevertedCounter {
  /** The object that was written last comes last. */
  const counted = new Map<string, Counted>();

  return {
    add({ writer, ...object }, now) {
      const id = toId(object);
      const entry = counted.get(id) ?? { object, slots: new Map(), writers: [] };
      counted.delete(id);
      counted.set(id, entry);
      entry.writers = withWriter(entry.writers, writer);
      const slot = Math.floor(now / slotMs);
      entry.slots.set(slot, (entry.slots.get(slot) ?? 0) + 1);
      dropOld(entry, now);
      for (const [oldest] of counted) {
        if (counted.size <= mostCounted) return;
        counted.delete(oldest);
      }
    },
    counts(now) {
      const counts: RevertedCount[] = [];
      for (const [id, entry] of counted) {
        dropOld(entry, now);
        const times = [...entry.slots.values()].reduce((sum, inSlot) => sum + inSlot, 0);
        if (times === 0) counted.delete(id);
        if (times >= leastShared) counts.push({ ...entry.object, times, writers: entry.writers });
      }
      return counts.sort((a, b) => b.times - a.times || compareTexts(toId(a), toId(b))).slice(0, mostShared);
    },
  };
}

/** The contended objects, by `toId`: those whose counts of all replicas reach the threshold together. */
export function toContended(shared: readonly (readonly RevertedCount[])[]): Map<string, RevertedCount> {
  const all = new Map<string, RevertedCount>();
  for (const count of shared.flat()) {
    const id = toId(count);
    const before = all.get(id);
    const times = count.times + (before?.times ?? 0);
    all.set(id, { ...count, times, writers: [...(before?.writers ?? []), ...count.writers] });
  }
  const contended = [...all].filter(([, { times }]) => times >= threshold);
  return new Map(contended.map(([id, count]) => [id, { ...count, writers: joinWriters(count.writers) }]));
}

/** Identifies an object. */
export function toId({ kind, namespace, name }: ObjectName): string {
  return `${kind}/${namespace}/${name}`;
}

function dropOld({ slots }: Counted, now: number): void {
  for (const slot of slots.keys()) {
    if (slot * slotMs >= now - windowMs) return;
    slots.delete(slot);
  }
}

/**
 * The last few managers, each once, with the user that was seen first: a role's session, which is part of a user's name on EKS,
 * may be another one each time.
 */
function withWriter(writers: readonly Writer[], latest: Writer): readonly Writer[] {
  const known = writers.find(({ manager }) => manager === latest.manager);
  return [...writers.filter((one) => one !== known), known ?? latest].slice(-mostWriters);
}

/** The same writers whatever the order in which the replicas' counts come. */
function joinWriters(all: readonly Writer[]): readonly Writer[] {
  const sorted = all.toSorted((a, b) => compareTexts(a.manager, b.manager) || compareTexts(a.user, b.user));
  return sorted.filter(({ manager }, index) => manager !== sorted[index - 1]?.manager).slice(0, mostWriters);
}
