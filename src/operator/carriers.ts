/**
 * The carriers: for each ConfigMap with Hadoop files what was last found out about it, by namespace, and none of its text.
 */
import type { ConfigMapContent } from '../core/config-map.ts';
import type { Wish } from './decide.ts';
import type { Judgement } from './judge.ts';
import type { StoredObject } from './world.ts';

export interface ConfigMap extends ConfigMapContent {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly immutable: boolean;
  readonly deleting: boolean;
}

export function toConfigMap({ metadata, immutable, data, binaryData }: StoredObject): ConfigMap {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    immutable: immutable === true,
    deleting: metadata.deletionTimestamp !== undefined,
    data: (data ?? undefined) as ConfigMap['data'],
    binaryData: (binaryData ?? undefined) as ConfigMap['binaryData'],
  };
}

/** A judgement, and of what: it says nothing about another version, or under another wish. */
export interface Verdict extends Judgement {
  readonly wish: string;
  readonly resourceVersion: string;
}

export interface Carrier {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly immutable: boolean;
  /** The newest version known of, be it from the watch or from the answer to a readmission. */
  resourceVersion: string;
  verdict: Verdict | undefined;
  /** Readmissions in a row that left it other than it should be. */
  attempts: number;
  /** Before this time (milliseconds of the monotonic clock) it isn't tried again. */
  dueAt: number;
  /** What the last Event about it said, so that no Event says it again. */
  told: string;
  /** When that was, in milliseconds of the monotonic clock: Events don't stay. */
  toldAt: number;
}

/** A carrier nothing has been found out about. */
export function toCarrier({ namespace, name, uid, immutable, resourceVersion }: ConfigMap): Carrier {
  return {
    namespace,
    name,
    uid,
    immutable,
    resourceVersion,
    verdict: undefined,
    attempts: 0,
    dueAt: 0,
    told: '',
    toldAt: 0,
  };
}

/** The verdict on the carrier's newest version under this wish, if there is one. */
export function verdictUnder(carrier: Carrier, wish: Wish): Verdict | undefined {
  const { verdict } = carrier;
  return verdict?.wish === wish.digest && verdict.resourceVersion === carrier.resourceVersion ? verdict : undefined;
}

/** Keeps a judgement, unless a newer version has been seen meanwhile: of that one it knows nothing. */
export function record(carrier: Carrier, resourceVersion: string, wish: Wish, judgement: Judgement): void {
  if (isOlder(resourceVersion, carrier.resourceVersion)) return;
  carrier.resourceVersion = resourceVersion;
  carrier.verdict = { ...judgement, wish: wish.digest, resourceVersion };
}

/** Forgets its failures: what made them may be over. */
export function retryNow(carrier: Carrier): void {
  carrier.attempts = 0;
  carrier.dueAt = 0;
}

/**
 * True where `a` is certainly older than `b`. Resource versions of one collection are comparable as decimal numbers
 * (KEP-5504); whatever is no number is taken for newer, which costs a look too many and misses nothing.
 */
export function isOlder(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

export interface Carriers {
  get(namespace: string, name: string): Carrier | undefined;
  of(namespace: string): IterableIterator<Carrier>;
  namespaces(): IterableIterator<string>;
  readonly size: number;
  change(before: Carrier | undefined, after: Carrier | undefined): void;
}

export function buildCarriers(): Carriers {
  const byNamespace = new Map<string, Map<string, Carrier>>();
  let size = 0;
  return {
    get: (namespace, name) => byNamespace.get(namespace)?.get(name),
    of: (namespace) => (byNamespace.get(namespace) ?? new Map<string, Carrier>()).values(),
    namespaces: () => byNamespace.keys(),
    get size() {
      return size;
    },
    change(before, after) {
      const known = before ?? after;
      if (known === undefined) return;
      const { namespace, name } = known;
      const carriers = byNamespace.get(namespace) ?? new Map<string, Carrier>();
      size -= carriers.size;
      if (after === undefined) carriers.delete(name);
      else carriers.set(name, after);
      size += carriers.size;
      if (carriers.size === 0) byNamespace.delete(namespace);
      else byNamespace.set(namespace, carriers);
    },
  };
}
