/**
 * Config objects: for each ConfigMap or Secret that holds config files, what was last found out about it, and none of its
 * text.
 */
import type { ConfigObjectContent, ConfigObjectKind } from '../core/plan/config-object.ts';
import { hasTooManyKeys } from '../core/plan/many-keys.ts';
import type { ProblemReason } from '../core/reasons.ts';
import { isOlder } from '../core/resource-version.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { type Compliance, outdated, toTooManyKeys } from './compliance.ts';
import type { DesiredEncryption } from './decide.ts';

/** A ConfigMap or Secret as the API server stores it. */
export interface StoredConfigObject extends ConfigObjectContent {
  readonly kind: ConfigObjectKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly immutable: boolean;
}

/** The items of a list don't say of what kind they are. */
export function toStoredConfigObject(object: StoredObject, kind: ConfigObjectKind = 'ConfigMap'): StoredConfigObject {
  const { metadata, immutable, data, binaryData } = object;
  return {
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    immutable: immutable === true,
    data: (data ?? undefined) as StoredConfigObject['data'],
    binaryData: (binaryData ?? undefined) as StoredConfigObject['binaryData'],
  };
}

/** A compliance, and what it was assessed against. */
export interface KnownCompliance extends Compliance {
  /** The digest of the desired encryption. */
  readonly desired: string;
  readonly rules: string;
  /** Undefined for an immutable one, whose text is the same in every version. */
  readonly resourceVersion: string | undefined;
}

export interface ConfigObject {
  readonly kind: ConfigObjectKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly immutable: boolean;
  /** The operator must not change it. */
  readonly tooManyKeys: boolean;
  /** Its config files count under Strict alone. */
  readonly strictOnly: boolean;
  /** The newest version known of, be it from the watch or from the answer to a readmission. */
  resourceVersion: string;
  known: KnownCompliance | undefined;
  /** Shared by all versions of the same object; undefined until there is an Event. */
  lastEvent: LastEvent | undefined;
}

/** What the last Event about a ConfigMap or Secret said, so that no Event says it again. */
export interface LastEvent {
  /** A digest; empty where there was none. */
  digest: string;
  /** When that was, in milliseconds of the monotonic clock: Events don't stay. */
  at: number;
}

/** A config object of which nothing is known yet. `before` is what was known of an older version or namesake. */
export function toConfigObject(stored: StoredConfigObject, strictOnly = false, before?: ConfigObject): ConfigObject {
  const { kind, namespace, name, uid, immutable, resourceVersion } = stored;
  const same = before?.uid === uid;
  return {
    kind,
    namespace,
    name,
    uid,
    immutable,
    tooManyKeys: hasTooManyKeys(stored),
    strictOnly,
    resourceVersion,
    known: same && before.immutable ? before.known : undefined,
    lastEvent: same ? before.lastEvent : undefined,
  };
}

/** Whether the assignment has anything to say about it. */
export function concerns({ assignment }: DesiredEncryption, { strictOnly }: ConfigObject): boolean {
  return !strictOnly || assignment.enforcement === 'Strict';
}

/**
 * What is known of the object's newest version under this desired encryption, if anything is. Where the operator can't change
 * the object (it is immutable, or has too many keys), what was found under another desired encryption tells it, too, if the
 * two differ in the key alone: after a rotation such an object isn't read again, since it may be large.
 *
 * | under the other              | under this, if immutable  | with too many keys |
 * | ---------------------------- | ------------------------- | ------------------ |
 * | compliant, by the other key  | outdated                  | TooManyKeys        |
 * | compliant, without any key   | compliant                 | compliant          |
 * | outdated                     | outdated                  |                    |
 * | immutable                    | immutable                 |                    |
 * | TooManyKeys                  |                           | TooManyKeys        |
 * | anything else                | not known                 | not known          |
 */
export function complianceUnder(object: ConfigObject, desired: DesiredEncryption): Compliance | undefined {
  const { known, immutable, resourceVersion, tooManyKeys } = object;
  if (known === undefined || !(immutable || known.resourceVersion === resourceVersion)) return undefined;
  if (known.desired === desired.digest) return known;
  if (known.rules !== desired.rules) return undefined;
  if (known.outcome === 'compliant' && known.keyless && (immutable || tooManyKeys)) return known;
  if (immutable) {
    if (known.outcome === 'compliant') return outdated;
    return known.outcome === 'outdated' || known.outcome === 'immutable' ? known : undefined;
  }
  if (tooManyKeys && desired.assignment.enforcement !== 'Audit') {
    return known.outcome === 'compliant' || hasReason(known, 'TooManyKeys') ? toTooManyKeys(object.kind) : undefined;
  }
  return undefined;
}

function hasReason({ problems }: Compliance, reason: ProblemReason): boolean {
  return problems.some((problem) => problem.reason === reason);
}

/**
 * True where the text can tell more than is known. Of an object that was never seen with the right key nobody knows under
 * which desired encryption it is right, and that one may come back.
 */
export function isWorthAssessing(object: ConfigObject, desired: DesiredEncryption): boolean {
  const { known } = object;
  if (known === undefined || complianceUnder(object, desired) === undefined) return true;
  return known.desired !== desired.digest && (known.outcome === 'outdated' || hasReason(known, 'TooManyKeys'));
}

/** Keeps a compliance, unless a newer version has been seen meanwhile: of that one it knows nothing. */
export function record(
  object: ConfigObject,
  resourceVersion: string,
  desired: DesiredEncryption,
  compliance: Compliance,
): void {
  if (isOlder(resourceVersion, object.resourceVersion)) return;
  object.resourceVersion = resourceVersion;
  object.known = object.immutable ? toShared(compliance, desired) : toKnown(compliance, desired, resourceVersion);
}

function toKnown(compliance: Compliance, desired: DesiredEncryption, resourceVersion?: string): KnownCompliance {
  return { ...compliance, desired: desired.digest, rules: desired.rules, resourceVersion };
}

const shared = new WeakMap<DesiredEncryption, WeakMap<Compliance, KnownCompliance>>();

/** One for all that were found the same: finished jobs leave many immutable objects. */
function toShared(compliance: Compliance, desired: DesiredEncryption): KnownCompliance {
  const ofDesired = shared.get(desired) ?? new WeakMap<Compliance, KnownCompliance>();
  shared.set(desired, ofDesired);
  const known = ofDesired.get(compliance) ?? toKnown(compliance, desired);
  ofDesired.set(compliance, known);
  return known;
}

/** Forgets all that was found out about it: the cluster's own history has changed. */
export function forget(object: ConfigObject): void {
  object.resourceVersion = '0';
  object.known = undefined;
}

export interface ConfigObjects {
  /** `key`: `toKey` of the object. */
  get(namespace: string, key: string): ConfigObject | undefined;
  of(namespace: string): IterableIterator<ConfigObject>;
  namespaces(): IterableIterator<string>;
  readonly size: number;
  change(before: ConfigObject | undefined, after: ConfigObject | undefined): void;
}

export function buildConfigObjects(): ConfigObjects {
  const byNamespace = new Map<string, Map<string, ConfigObject>>();
  let size = 0;
  return {
    get: (namespace, key) => byNamespace.get(namespace)?.get(key),
    of: (namespace) => (byNamespace.get(namespace) ?? new Map<string, ConfigObject>()).values(),
    namespaces: () => byNamespace.keys(),
    get size() {
      return size;
    },
    change(before, after) {
      const known = before ?? after;
      if (known === undefined) return;
      const { namespace } = known;
      const key = toKey(known);
      const objects = byNamespace.get(namespace) ?? new Map<string, ConfigObject>();
      size -= objects.size;
      if (after === undefined) objects.delete(key);
      else objects.set(key, after);
      size += objects.size;
      if (objects.size === 0) byNamespace.delete(namespace);
      else byNamespace.set(namespace, objects);
    },
  };
}

/**
 * What an object is known by within its namespace: for a ConfigMap its very name, since there may be many, and a key of its
 * own takes as much as all else that is kept of one.
 */
export function toKey({ kind, name }: Pick<ConfigObject, 'kind' | 'name'>): string {
  return kind === 'ConfigMap' ? name : `${kind}/${name}`;
}
