/**
 * The decision for a namespace: whether the webhook covers it, and which assignment it has.
 */

import { matchesSelector } from '../core/assignment/label-selector.ts';
import {
  type Assignment,
  type Candidate,
  type LabelSelector,
  type Namespace,
  resolve,
} from '../core/assignment/resolve.ts';
import { toDesiredDigest, toRulesDigest } from './stored-assignment.ts';

/** Which namespaces the webhook is called for; unknown while its configuration doesn't exist. */
export type WebhookScope =
  | { readonly kind: 'known'; readonly namespaceSelector: LabelSelector | null | undefined }
  | { readonly kind: 'unknown' };

/** An assignment, and digests of it. */
export interface DesiredEncryption {
  readonly assignment: Assignment;
  /** Digest of everything that affects a file. */
  readonly digest: string;
  /** The same without the key and the algorithm (`toRulesDigest`). */
  readonly rules: string;
}

export type Decision =
  /** Outside the webhook's scope, or the scope isn't known: nothing is written there, whatever the assignments say. */
  | { readonly kind: 'excluded' | 'unknown' }
  | { readonly kind: 'none' }
  | { readonly kind: 'conflict'; readonly assignments: readonly Candidate[] }
  | { readonly kind: 'assigned'; readonly desired: DesiredEncryption };

/**
 * Decides for one namespace, first by the webhook's scope and then by `resolve` (core/assignment/resolve.ts).
 * @throws TypeError where the scope has an unknown selector operator
 */
export function decide(namespace: Namespace, assignments: readonly Candidate[], scope: WebhookScope): Decision {
  if (scope.kind === 'unknown') return { kind: 'unknown' };
  if (!matchesSelector(scope.namespaceSelector, namespace.labels)) return { kind: 'excluded' };
  const resolution = resolve(namespace, assignments);
  return resolution.kind === 'assigned'
    ? { kind: 'assigned', desired: toDesiredEncryption(resolution.assignment) }
    : resolution;
}

/** Whether two decisions ask for the same. */
export function sameDecision(a: Decision | undefined, b: Decision | undefined): boolean {
  if (a?.kind === 'assigned' && b?.kind === 'assigned') return a.desired.digest === b.desired.digest;
  if (a?.kind === 'conflict' && b?.kind === 'conflict') {
    return a.assignments.map(({ name }) => name).join() === b.assignments.map(({ name }) => name).join();
  }
  return a?.kind === b?.kind;
}

/** The names of the assignments that a namespace has, alone or in conflict with others. */
export function toAssignments(decision: Decision | undefined): readonly string[] {
  if (decision?.kind === 'assigned') return [decision.desired.assignment.name];
  return decision?.kind === 'conflict' ? decision.assignments.map(({ name }) => name) : [];
}

const byAssignment = new WeakMap<Assignment, DesiredEncryption>();

/** One digest for each assignment object, however many namespaces have it. */
function toDesiredEncryption(assignment: Assignment): DesiredEncryption {
  let desired = byAssignment.get(assignment);
  if (desired === undefined) {
    desired = { assignment, digest: toDesiredDigest(assignment), rules: toRulesDigest(assignment) };
    byAssignment.set(assignment, desired);
  }
  return desired;
}
