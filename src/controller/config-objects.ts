/**
 * The cache of config objects: for each ConfigMap or Secret that holds config files, its last known compliance, and none of
 * its text.
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

/** `kind` is an argument, since the items of a list don't have one. */
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

/** A compliance, and the encryption and version that it was assessed for. */
export interface KnownCompliance extends Compliance {
  /** The digest of the desired encryption. */
  readonly desired: string;
  readonly rules: string;
  /** Undefined for an immutable object, whose text is the same in every version. */
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
  /** The newest version that was seen, in the watch or in the answer to a readmission. */
  resourceVersion: string;
  known: KnownCompliance | undefined;
  /** Kept across all versions of the same object; undefined until there is an Event. */
  lastEvent: LastEvent | undefined;
}

/** What the last Event about a ConfigMap or Secret said, so that no Event says it again. */
export interface LastEvent {
  /** A digest; empty where there was none. */
  digest: string;
  /** When it was written, in milliseconds of the monotonic clock: API servers delete Events after a time. */
  at: number;
}

/** A config object that hasn't been assessed. `before` is an older version of the object, or an earlier object of that name. */
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

/** Whether the assignment covers the object: objects whose files count under Strict only, it covers under Strict only. */
export function concerns({ assignment }: DesiredEncryption, { strictOnly }: ConfigObject): boolean {
  return !strictOnly || assignment.enforcement === 'Strict';
}

/**
 * The compliance of the object's newest version under this desired encryption, or undefined. Where the operator can't change
 * the object (it is immutable, or has too many data keys), a compliance under another desired encryption is converted, if the
 * two differ only in the key: after a rotation such an object isn't read again, since it may be large.
 *
 * | under the other encryption   | here, if immutable        | with too many keys |
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
 * True where assessing the text may give more than the known compliance. For an object that was only seen with another key,
 * the encryption under which it is compliant isn't known, and the assignment may return to that one.
 */
export function isWorthAssessing(object: ConfigObject, desired: DesiredEncryption): boolean {
  const { known } = object;
  if (known === undefined || complianceUnder(object, desired) === undefined) return true;
  return known.desired !== desired.digest && (known.outcome === 'outdated' || hasReason(known, 'TooManyKeys'));
}

/** Stores a compliance, unless a newer version was seen meanwhile, which it says nothing about. */
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

/** One shared record for all objects with the same compliance, to save memory: finished jobs leave many immutable objects. */
function toShared(compliance: Compliance, desired: DesiredEncryption): KnownCompliance {
  const ofDesired = shared.get(desired) ?? new WeakMap<Compliance, KnownCompliance>();
  shared.set(desired, ofDesired);
  const known = ofDesired.get(compliance) ?? toKnown(compliance, desired);
  ofDesired.set(compliance, known);
  return known;
}

/** Forgets the compliance and the version: etcd was restored from a backup. */
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
 * The key of an object within its namespace. For a ConfigMap it is the name itself, without a new string: there may be many
 * ConfigMaps, and a string of its own would take as much memory as everything else that is kept of one.
 */
export function toKey({ kind, name }: Pick<ConfigObject, 'kind' | 'name'>): string {
  return kind === 'ConfigMap' ? name : `${kind}/${name}`;
}
