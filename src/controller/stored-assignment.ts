/**
 * A KmsKeyAssignment as the operator keeps it: its parsed spec, and its stored conditions.
 */
import { createHash } from 'node:crypto';
import { type AssignmentStatus, type Condition, statusSchema } from '../api/assignment-status.ts';
import { parseAssignment } from '../api/key-assignment.ts';
import type { Assignment, UnreadableAssignment } from '../core/assignment/resolve.ts';
import type { StoredObject } from '../ports/stored-object.ts';

export interface StoredAssignment {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** Digest of the stored spec. */
  readonly specDigest: string;
  /** Invalid where it was stored under another schema than this program's: it applies nowhere, and says so. */
  readonly spec:
    | { readonly kind: 'valid'; readonly assignment: Assignment }
    | {
        readonly kind: 'invalid';
        readonly problems: readonly string[];
        /** Undefined where not even its target can be read. */
        readonly assignment: UnreadableAssignment | undefined;
      };
  /** As stored; times of unchanged conditions are carried over from here. */
  readonly conditions: readonly Condition[];
  /** Digest of the stored status; empty where there is none that can be read. */
  readonly statusDigest: string;
}

/**
 * What is kept of an assignment. Undefined for one that is being deleted: it applies no longer. Where `before` has the same
 * spec, its parsed spec is reused: statuses change often, specs rarely. Specs are compared by digest, not by generation: after
 * etcd was restored from a backup, the next edit gets a generation that another spec had before.
 */
export function toStoredAssignment(object: StoredObject, before?: StoredAssignment): StoredAssignment | undefined {
  const { name, uid = '', resourceVersion = '', deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return undefined;
  const generation = typeof object.metadata.generation === 'number' ? object.metadata.generation : 0;
  const specDigest = digest(object.spec ?? null);
  const known = before?.uid === uid && before.specDigest === specDigest;
  const status = statusSchema.safeParse(object.status).data;
  return {
    name,
    uid,
    resourceVersion,
    generation,
    specDigest,
    spec: known ? before.spec : toSpec(object),
    conditions: status?.conditions ?? [],
    statusDigest: status === undefined ? '' : toStatusDigest(status),
  };
}

function toSpec(object: StoredObject): StoredAssignment['spec'] {
  const parsed = parseAssignment(object);
  return parsed.ok
    ? { kind: 'valid', assignment: parsed.assignment }
    : {
        kind: 'invalid',
        problems: parsed.problems.slice(0, 5),
        assignment: toUnreadable(object.metadata.name, parsed.target),
      };
}

function toUnreadable(name: string, target: Assignment['target'] | undefined): UnreadableAssignment | undefined {
  return target && { name, target, unreadable: true, enforcement: 'Enforce' };
}

/** Equal for equal statuses, whatever the order of their fields. Kept instead of a status with up to 50 problems. */
export function toStatusDigest(status: AssignmentStatus): string {
  return digest(statusSchema.parse(status));
}

/** Digest of everything in an assignment that affects a file: equal for two that plan every file alike, whatever their namespaces. */
export function toDesiredDigest({ target: _, ...desired }: Assignment): string {
  return digest(desired);
}

/**
 * Digest of everything in an assignment that affects a file, except names, algorithm and keys. Where it is equal for two
 * assignments, an immutable file that is compliant under one is compliant or outdated under the other, so after a rotation
 * such files need not be read.
 */
export function toRulesDigest(assignment: Assignment): string {
  const { target: _, name: __, algorithm: ___, key: ____, encryptionContext = null, buckets, ...rest } = assignment;
  return digest({
    ...rest,
    context: encryptionContext !== null,
    contexts: buckets.flatMap((rule) =>
      'key' in rule && (rule.encryptionContext ?? null) !== null ? [rule.name] : [],
    ),
    unmanaged: buckets.flatMap((rule) => ('unmanaged' in rule ? [rule.name] : [])).sort(),
  });
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}
