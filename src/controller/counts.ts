/**
 * Everything counted, for metrics: how carriers stand to their assignments, and how assignments say they are.
 */

import type { View } from './assignment-view.ts';
import type { Outcome } from './compliance.ts';
import { type Carriers, concerns, verdictUnder } from './config-objects.ts';
import type { StoredAssignment } from './stored-assignment.ts';

const standings = ['compliant', 'outdated', 'pending', 'refused', 'immutable', 'otherStore', 'wouldChange'] as const;
/** Where no assignment applies. */
const withoutAssignment = ['unassigned', 'conflict', 'excluded', 'unknown'] as const;

/** By the assignment's name, empty where none applies. Each assignment has all its outcomes, with 0 where there is none. */
export type CarrierCounts = ReadonlyMap<string, Readonly<Record<string, number>>>;

export interface AssignmentCounts {
  /** By the reason of their stored condition Ready; empty where none is stored yet. */
  readonly byReason: Readonly<Record<string, number>>;
  readonly conflicted: number;
}

export function countCarriers(
  carriers: Pick<Carriers, 'namespaces' | 'of'>,
  view: Pick<View, 'decision' | 'assignments'>,
): CarrierCounts {
  const none = zeros(withoutAssignment);
  const counts = new Map([['', none]]);
  for (const [name] of view.assignments()) counts.set(name, zeros(standings));
  for (const namespace of carriers.namespaces()) {
    const decision = view.decision(namespace);
    if (decision?.kind !== 'assigned') {
      const outcome = decision === undefined || decision.kind === 'none' ? 'unassigned' : decision.kind;
      // What matters under Strict alone is nobody's Hadoop file where nothing applies.
      for (const { strictOnly } of carriers.of(namespace)) if (!strictOnly) increment(none, outcome);
      continue;
    }
    const { wish } = decision;
    const own = counts.get(wish.assignment.name) ?? zeros(standings);
    counts.set(wish.assignment.name, own);
    for (const carrier of carriers.of(namespace)) {
      if (concerns(wish, carrier)) increment(own, toStanding(verdictUnder(carrier, wish)?.outcome));
    }
  }
  return counts;
}

export function countAssignments(assignments: Iterable<readonly [string, StoredAssignment]>): AssignmentCounts {
  const byReason: Record<string, number> = {};
  let conflicted = 0;
  for (const [, { conditions }] of assignments) {
    increment(byReason, conditions.find(({ type }) => type === 'Ready')?.reason ?? '');
    if (conditions.some(({ type, status }) => type === 'Conflicted' && status === 'True')) conflicted += 1;
  }
  return { byReason, conflicted };
}

/** Work that is under way, or has to be tried again, is pending. */
function toStanding(outcome: Outcome | undefined): (typeof standings)[number] {
  return outcome === undefined || outcome === 'change' || outcome === 'failed' ? 'pending' : outcome;
}

function zeros(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
