/**
 * Which KMS key a namespace has: the assignments as the rest of the core sees them, and the precedence among them.
 */
import { compareTexts } from '../compare-texts.ts';
import { isEmptySelector, type LabelSelector, matchesSelector } from './label-selector.ts';

export type { LabelRequirement, LabelSelector } from './label-selector.ts';

/** DSSE-KMS is known to Hadoop 3.4.0 and later only. */
export type Algorithm = 'SSE-KMS' | 'DSSE-KMS';

/** A KMS key's ARN, or the account's default KMS key (Hadoop's "key unset"). */
export type Key = { readonly arn: string } | { readonly accountDefault: true };

/**
 * KMS encryption context: pairs that requests to KMS carry, so that key policies and grants can require them. An empty
 * context removes the workload's own and sets none. Null leaves the workload's context alone. Hadoop 3.5.0 and later read it.
 */
export type EncryptionContext = Readonly<Record<string, string>> | null;

/** What one bucket gets instead of the assignment's key; `unmanaged` leaves the workload's own settings alone. */
export type BucketRule =
  | { readonly name: string; readonly key: Key; readonly encryptionContext?: EncryptionContext }
  | { readonly name: string; readonly unmanaged: true };

/** Audit changes nothing and reports; Strict also refuses what can't be proven. */
export type Enforcement = 'Audit' | 'Enforce' | 'Strict';

/** Files and buckets whose endpoint isn't AWS: Encrypt sets the key there too, Leave leaves them alone. */
export type OtherStores = 'Encrypt' | 'Leave';

/** The encryption that clients have to use. */
export interface Encryption {
  readonly algorithm: Algorithm;
  readonly key: Key;
  readonly encryptionContext?: EncryptionContext;
  readonly buckets: readonly BucketRule[];
}

/** A validated KmsKeyAssignment, without the fields that every Kubernetes object has. */
export interface Assignment extends Encryption {
  readonly name: string;
  /** An empty selector (`{}`) is the cluster's default. */
  readonly target: { readonly namespaces: readonly string[] } | { readonly namespaceSelector: LabelSelector };
  readonly enforcement: Enforcement;
  /** Default: Encrypt. */
  readonly otherStores?: OtherStores;
}

/**
 * An assignment that is stored but can't be read, for example because a later version of this program wrote it. It applies
 * nowhere. Where it has the highest rank, no other assignment applies either, since a lower rank may mean a weaker key.
 */
export interface UnreadableAssignment extends Pick<Assignment, 'name' | 'target'> {
  readonly unreadable: true;
  /** Writes are denied, whatever the stored object says. */
  readonly enforcement: 'Enforce';
}

export type Candidate = Assignment | UnreadableAssignment;

export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Resolution =
  | { readonly kind: 'assigned'; readonly assignment: Assignment }
  | { readonly kind: 'none' }
  /** The assignments of the highest rank, sorted by name. They want different things, or one can't be read. None applies. */
  | { readonly kind: 'conflict'; readonly assignments: readonly Candidate[] };

/**
 * | rank | the assignment's target                   | selects                       |
 * | ---- | ----------------------------------------- | ----------------------------- |
 * | 3    | `namespaces` holds the namespace's name   | that namespace                |
 * | 2    | `namespaceSelector` with a requirement    | namespaces with these labels  |
 * | 1    | `namespaceSelector: {}`                   | every namespace: the default  |
 *
 * The highest rank that selects the namespace decides alone. If several assignments of that rank want the same, the first by
 * name applies. If they want different things, they conflict: none of them applies, and no lower rank does. No clock and no
 * history is used, so the answer doesn't depend on which assignment was written first.
 */
export function resolve(namespace: Namespace, assignments: readonly Candidate[]): Resolution {
  let highest = 1;
  let candidates: Candidate[] = [];
  for (const assignment of assignments) {
    const its = rank(assignment, namespace);
    if (its < highest) continue;
    if (its > highest) candidates = [];
    highest = its;
    candidates.push(assignment);
  }
  const [first, ...others] = candidates.sort(byName);
  if (first === undefined) return { kind: 'none' };
  if (isReadable(first) && others.every((other) => isReadable(other) && wants(other) === wants(first))) {
    return { kind: 'assigned', assignment: first };
  }
  return { kind: 'conflict', assignments: candidates };
}

/** False for an assignment that is stored but can't be read. */
export function isReadable(candidate: Candidate): candidate is Assignment {
  return !('unreadable' in candidate);
}

function rank({ target }: Candidate, namespace: Namespace): 0 | 1 | 2 | 3 {
  if ('namespaces' in target) return target.namespaces.includes(namespace.name) ? 3 : 0;
  if (isEmptySelector(target.namespaceSelector)) return 1;
  return matchesSelector(target.namespaceSelector, namespace.labels) ? 2 : 0;
}

/** Equal for two assignments that write the same files in the same way; the order of `buckets` has no meaning. */
function wants({ algorithm, key, encryptionContext, buckets, enforcement, otherStores }: Assignment): string {
  const rules = buckets.map((bucket) =>
    JSON.stringify([bucket.name, 'key' in bucket && [keyText(bucket.key), contextText(bucket.encryptionContext)]]),
  );
  const how = [enforcement, otherStores ?? 'Encrypt'];
  return JSON.stringify([algorithm, keyText(key), contextText(encryptionContext), rules.sort(), how]);
}

function keyText(key: Key): string {
  return 'arn' in key ? key.arn : 'accountDefault';
}

function contextText(context: EncryptionContext = null): string | null {
  return context && JSON.stringify(Object.entries(context).sort());
}

function byName(a: Candidate, b: Candidate): number {
  return compareTexts(a.name, b.name);
}
