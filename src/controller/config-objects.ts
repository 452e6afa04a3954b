/**
 * The carriers: for each ConfigMap or Secret with Hadoop files what was last found out about it, by namespace, and none of
 * its text.
 */
import type { CarrierKind, ConfigMapContent } from '../core/plan/config-object.ts';
import { hasTooManyKeys } from '../core/plan/many-keys.ts';
import type { ProblemReason } from '../core/reasons.ts';
import { isOlder } from '../core/resource-version.ts';
import type { StoredObject } from '../ports/cluster-client.ts';
import { type Judgement, outdated, toTooManyKeys } from './compliance.ts';
import type { Wish } from './decide.ts';

/** A Secret, too, which differs in little. */
export interface ConfigMap extends ConfigMapContent {
  readonly kind: CarrierKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly immutable: boolean;
}

/** The items of a list don't say of what kind they are. */
export function toConfigMap(object: StoredObject, kind: CarrierKind = 'ConfigMap'): ConfigMap {
  const { metadata, immutable, data, binaryData } = object;
  return {
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    immutable: immutable === true,
    data: (data ?? undefined) as ConfigMap['data'],
    binaryData: (binaryData ?? undefined) as ConfigMap['binaryData'],
  };
}

/** A judgement, and of what. */
export interface Verdict extends Judgement {
  /** The wish's digest. */
  readonly wish: string;
  readonly rules: string;
  /** Undefined for an immutable one, whose text is the same in every version. */
  readonly resourceVersion: string | undefined;
}

export interface Carrier {
  readonly kind: CarrierKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly immutable: boolean;
  /** The operator must not change it. */
  readonly tooManyKeys: boolean;
  /** Its Hadoop files count under Strict alone. */
  readonly strictOnly: boolean;
  /** The newest version known of, be it from the watch or from the answer to a readmission. */
  resourceVersion: string;
  verdict: Verdict | undefined;
  /** Readmissions in a row that left it other than it should be. */
  attempts: number;
  /** Before this time (milliseconds of the monotonic clock) it isn't tried again. */
  dueAt: number;
  /** Shared by all versions of the same object; undefined until there is something to tell. */
  told: Told | undefined;
}

/** What the last Event about a ConfigMap or Secret said, so that no Event says it again. */
export interface Told {
  /** A digest; empty where there was none. */
  news: string;
  /** When that was, in milliseconds of the monotonic clock: Events don't stay. */
  at: number;
}

/** A carrier nothing has been found out about. `before` is what was known of an older version or namesake. */
export function toCarrier(configMap: ConfigMap, strictOnly = false, before?: Carrier): Carrier {
  const { kind, namespace, name, uid, immutable, resourceVersion } = configMap;
  const same = before?.uid === uid;
  return {
    kind,
    namespace,
    name,
    uid,
    immutable,
    tooManyKeys: hasTooManyKeys(configMap),
    strictOnly,
    resourceVersion,
    verdict: same && before.immutable ? before.verdict : undefined,
    attempts: 0,
    dueAt: 0,
    told: same ? before.told : undefined,
  };
}

/** Whether the assignment has anything to say about it. */
export function concerns({ assignment }: Wish, { strictOnly }: Carrier): boolean {
  return !strictOnly || assignment.enforcement === 'Strict';
}

/**
 * What is known of the carrier's newest version under this wish, if anything is. What was found under another wish that
 * differs in the key alone tells it, too, where the operator can't change the object: one that is immutable, and one that has
 * too many keys. After a rotation such an object isn't read again; it may be large.
 *
 * | under the other wish         | under this one, immutable | with too many keys |
 * | ---------------------------- | ------------------------- | ------------------ |
 * | compliant, by the other key  | outdated                  | TooManyKeys        |
 * | compliant, without any key   | compliant                 | compliant          |
 * | outdated                     | outdated                  |                    |
 * | immutable                    | immutable                 |                    |
 * | TooManyKeys                  |                           | TooManyKeys        |
 * | anything else                | not known                 | not known          |
 */
export function verdictUnder(carrier: Carrier, wish: Wish): Judgement | undefined {
  const { verdict, immutable, resourceVersion, tooManyKeys } = carrier;
  if (verdict === undefined || !(immutable || verdict.resourceVersion === resourceVersion)) return undefined;
  if (verdict.wish === wish.digest) return verdict;
  if (verdict.rules !== wish.rules) return undefined;
  if (verdict.outcome === 'compliant' && verdict.keyless && (immutable || tooManyKeys)) return verdict;
  if (immutable) {
    if (verdict.outcome === 'compliant') return outdated;
    return verdict.outcome === 'outdated' || verdict.outcome === 'immutable' ? verdict : undefined;
  }
  if (tooManyKeys && wish.assignment.enforcement !== 'Audit') {
    return verdict.outcome === 'compliant' || hasReason(verdict, 'TooManyKeys')
      ? toTooManyKeys(carrier.kind)
      : undefined;
  }
  return undefined;
}

function hasReason({ findings }: Judgement, reason: ProblemReason): boolean {
  return findings.some((finding) => finding.reason === reason);
}

/**
 * True where the text can tell more than is known. Of one that was never seen with the right key nobody knows under which
 * wish it is right, and that may come back.
 */
export function isWorthJudging(carrier: Carrier, wish: Wish): boolean {
  const { verdict } = carrier;
  if (verdict === undefined || verdictUnder(carrier, wish) === undefined) return true;
  return verdict.wish !== wish.digest && (verdict.outcome === 'outdated' || hasReason(verdict, 'TooManyKeys'));
}

/** Keeps a judgement, unless a newer version has been seen meanwhile: of that one it knows nothing. */
export function record(carrier: Carrier, resourceVersion: string, wish: Wish, judgement: Judgement): void {
  if (isOlder(resourceVersion, carrier.resourceVersion)) return;
  carrier.resourceVersion = resourceVersion;
  carrier.verdict = carrier.immutable ? toShared(judgement, wish) : toVerdict(judgement, wish, resourceVersion);
}

function toVerdict(judgement: Judgement, wish: Wish, resourceVersion?: string): Verdict {
  return { ...judgement, wish: wish.digest, rules: wish.rules, resourceVersion };
}

const shared = new WeakMap<Wish, WeakMap<Judgement, Verdict>>();

/** One for all that were found the same: the leftovers of finished jobs are many. */
function toShared(judgement: Judgement, wish: Wish): Verdict {
  const ofWish = shared.get(wish) ?? new WeakMap<Judgement, Verdict>();
  shared.set(wish, ofWish);
  const verdict = ofWish.get(judgement) ?? toVerdict(judgement, wish);
  ofWish.set(judgement, verdict);
  return verdict;
}

/** Forgets all that was found out about it, for the cluster's own history has changed. */
export function forget(carrier: Carrier): void {
  carrier.resourceVersion = '0';
  carrier.verdict = undefined;
  retryNow(carrier);
}

/** Forgets its failures: what made them may be over. */
export function retryNow(carrier: Carrier): void {
  carrier.attempts = 0;
  carrier.dueAt = 0;
}

export interface Carriers {
  /** A ConfigMap where no kind is given. */
  get(namespace: string, name: string, kind?: CarrierKind): Carrier | undefined;
  of(namespace: string): IterableIterator<Carrier>;
  namespaces(): IterableIterator<string>;
  readonly size: number;
  change(before: Carrier | undefined, after: Carrier | undefined): void;
}

export function buildCarriers(): Carriers {
  const byNamespace = new Map<string, Map<string, Carrier>>();
  let size = 0;
  return {
    get: (namespace, name, kind = 'ConfigMap') => byNamespace.get(namespace)?.get(toKey(kind, name)),
    of: (namespace) => (byNamespace.get(namespace) ?? new Map<string, Carrier>()).values(),
    namespaces: () => byNamespace.keys(),
    get size() {
      return size;
    },
    change(before, after) {
      const known = before ?? after;
      if (known === undefined) return;
      const { kind, namespace, name } = known;
      const carriers = byNamespace.get(namespace) ?? new Map<string, Carrier>();
      size -= carriers.size;
      if (after === undefined) carriers.delete(toKey(kind, name));
      else carriers.set(toKey(kind, name), after);
      size += carriers.size;
      if (carriers.size === 0) byNamespace.delete(namespace);
      else byNamespace.set(namespace, carriers);
    },
  };
}

/** The very name for ConfigMaps: there may be many, and a key of its own takes as much as all else that is kept of one. */
function toKey(kind: CarrierKind, name: string): string {
  return kind === 'ConfigMap' ? name : `${kind}/${name}`;
}
