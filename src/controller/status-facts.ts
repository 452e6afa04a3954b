/**
 * All that an assignment's status is derived from.
 */
import type { ObjectName, RevertedCount } from '../core/contention.ts';
import type { ConfigObject } from './config-objects.ts';
import type { Decision } from './decide.ts';
import type { KeyFinding } from './key-condition.ts';
import type { StoredAssignment } from './stored-assignment.ts';

export interface NamespaceFacts {
  readonly name: string;
  readonly decision: Decision;
  readonly objects: Iterable<ConfigObject>;
}

export interface StatusFacts {
  readonly stored: StoredAssignment;
  /** False while it isn't known which namespaces the webhook is called for. */
  readonly scopeKnown: boolean;
  /** False while the ValidatingWebhookConfiguration doesn't exist. */
  readonly validated: boolean;
  /** The namespaces that have this assignment, or would if it didn't conflict with another. */
  readonly namespaces: readonly NamespaceFacts[];
  /** Names in `spec.namespaces` that are outside the webhook's scope. */
  readonly excluded: readonly string[];
  /** Names in `spec.namespaces` that no namespace has. */
  readonly missing: readonly string[];
  /** What KMS says of its keys; unknown while it wasn't asked about all of them, undefined where it isn't asked. */
  readonly keys?: readonly KeyFinding[] | 'unknown' | undefined;
  /** Undefined for an object that isn't contended. */
  readonly contention: (object: ObjectName) => RevertedCount | undefined;
}

export interface StatusCounts {
  /** Namespaces where the assignment applies. The other fields count ConfigMaps and Secrets in them. */
  readonly namespaces: number;
  readonly total: number;
  /** How many of the total are Secrets. */
  readonly secrets: number;
  readonly compliant: number;
  /** Immutable, with an earlier key: nothing is to be done about them. */
  readonly outdated: number;
  /** Left alone, since their store isn't AWS. */
  readonly otherStore: number;
  readonly pending: number;
  readonly refused: number;
  readonly immutable: number;
}
