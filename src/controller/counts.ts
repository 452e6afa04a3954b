/**
 * Counts for metrics: config objects by assignment and outcome, and assignments by their condition Ready.
 */

import type { AssignmentCounts, ConfigObjectCounts } from '../ports/metrics-snapshot.ts';
import type { AssignmentView } from './assignment-view.ts';
import type { ComplianceOutcome } from './compliance.ts';
import { type ConfigObjects, complianceUnder, concerns } from './config-objects.ts';
import type { ContendedObject } from './contended-objects.ts';
import type { StoredAssignment } from './stored-assignment.ts';

const standings = ['compliant', 'outdated', 'pending', 'refused', 'immutable', 'otherStore', 'wouldChange'] as const;
/** Where no assignment applies. */
const withoutAssignment = ['unassigned', 'conflict', 'excluded', 'unknown'] as const;

/** Counts config objects by assignment and outcome; the empty name is for namespaces without an assignment. */
export function countConfigObjects(
  objects: Pick<ConfigObjects, 'namespaces' | 'of'>,
  view: Pick<AssignmentView, 'decision' | 'assignments'>,
): ConfigObjectCounts {
  const none = zeros(withoutAssignment);
  const counts = new Map([['', none]]);
  for (const [name] of view.assignments()) counts.set(name, zeros(standings));
  for (const namespace of objects.namespaces()) {
    const decision = view.decision(namespace);
    if (decision?.kind !== 'assigned') {
      const outcome = decision === undefined || decision.kind === 'none' ? 'unassigned' : decision.kind;
      // Without an assignment, files that count under Strict only are no config files.
      for (const { strictOnly } of objects.of(namespace)) if (!strictOnly) increment(none, outcome);
      continue;
    }
    const { desired } = decision;
    const own = counts.get(desired.assignment.name) ?? zeros(standings);
    counts.set(desired.assignment.name, own);
    for (const object of objects.of(namespace)) {
      if (concerns(desired, object)) increment(own, toStanding(complianceUnder(object, desired)?.outcome));
    }
  }
  return counts;
}

/** Counts contended objects by assignment. */
export function countContended(
  contended: Iterable<Pick<ContendedObject, 'desired'>>,
  view: Pick<AssignmentView, 'assignments'>,
): ReadonlyMap<string, number> {
  const counts = new Map([...view.assignments()].map(([name]) => [name, 0]));
  for (const { desired } of contended) {
    const { name } = desired.assignment;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Counts assignments by the reason of their stored condition Ready. */
export function countAssignments(assignments: Iterable<readonly [string, StoredAssignment]>): AssignmentCounts {
  const byReason: Record<string, number> = {};
  let conflicted = 0;
  for (const [, { conditions }] of assignments) {
    increment(byReason, conditions.find(({ type }) => type === 'Ready')?.reason ?? '');
    if (conditions.some(({ type, status }) => type === 'Conflicted' && status === 'True')) conflicted += 1;
  }
  return { byReason, conflicted };
}

/** Objects that are not assessed yet, or have to be tried again, are pending. */
function toStanding(outcome: ComplianceOutcome | undefined): (typeof standings)[number] {
  return outcome === undefined || outcome === 'change' || outcome === 'failed' ? 'pending' : outcome;
}

function zeros(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
