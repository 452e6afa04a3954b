/**
 * Derives an assignment's status from the compliance of the ConfigMaps and Secrets in its namespaces: counts, conditions and
 * the first problems.
 */
import {
  type AssignmentStatus,
  type Condition,
  maxConditions,
  maxProblems,
  type Problem,
} from '../api/assignment-status.ts';
import { compareTexts } from '../core/compare-texts.ts';
import type { ComplianceOutcome } from './compliance.ts';
import { toConflicted, toConflictMessage, toReady, toStalled } from './conditions.ts';
import { complianceUnder, concerns } from './config-objects.ts';
import { toContendedProblem } from './contended-objects.ts';
import type { Decision } from './decide.ts';
import { toKeyUsable } from './key-condition.ts';
import type { StatusFacts } from './status-facts.ts';
import type { StoredAssignment } from './stored-assignment.ts';

const ours: ReadonlySet<string> = new Set(['Ready', 'Conflicted', 'Stalled', 'KeyUsable']);

/** The status at the time `now`. A condition whose status doesn't change keeps its lastTransitionTime. */
export function toStatus(facts: StatusFacts, now: Date): AssignmentStatus {
  const { stored } = facts;
  const counts = { namespaces: 0, ...none };
  let secrets = 0;
  const problems: Problem[] = [];
  let notKept = 0;
  for (const { name, decision, objects } of facts.namespaces) {
    if (decision.kind === 'conflict') problems.push(toConflict(name, stored.name, decision));
    if (decision.kind !== 'assigned') continue;
    counts.namespaces += 1;
    for (const object of objects) {
      if (!concerns(decision.desired, object)) continue;
      const known = complianceUnder(object, decision.desired);
      counts.total += 1;
      counts[toCount(known?.outcome)] += 1;
      if (object.kind === 'Secret') secrets += 1;
      const contention = facts.contention(object);
      if (contention !== undefined) {
        problems.push({ kind: object.kind, namespace: name, name: object.name, ...toContendedProblem(contention) });
      }
      // An object that is about to be readmitted is no problem.
      if (known === undefined || known.outcome === 'change') continue;
      notKept += known.problemCount - known.problems.length;
      for (const problem of known.problems) {
        problems.push({ kind: object.kind, namespace: name, name: object.name, ...problem });
      }
    }
  }
  const { namespaces, ...objects } = counts;
  const ready = toReady(facts, { ...counts, secrets });
  const keyUsable = Array.isArray(facts.keys) ? toKeyUsable(facts.keys) : undefined;
  const conditions = [
    ...[ready, toConflicted(facts), ...toStalled(facts, counts, ready), ...(keyUsable ? [keyUsable] : [])].map(
      (condition) => date(condition, stored, now),
    ),
    // A new leader doesn't know yet what KMS says, and leaves what the last one found.
    ...(facts.keys === 'unknown' ? stored.conditions.filter(({ type }) => type === 'KeyUsable') : []),
  ];
  const others = stored.conditions.filter(({ type }) => !ours.has(type));
  return {
    observedGeneration: stored.generation,
    conditions: [...conditions, ...others].slice(0, maxConditions),
    namespaces,
    objects,
    // Without outdated objects and other stores, about which nothing is to be done.
    summary: `${counts.compliant}/${counts.total - counts.outdated - counts.otherStore}`,
    problems: problems.sort(byPlace).slice(0, maxProblems),
    problemCount: problems.length + notKept,
  };
}

const none = { total: 0, compliant: 0, outdated: 0, pending: 0, refused: 0, immutable: 0, otherStore: 0 };

type Count = Exclude<keyof typeof none, 'total'>;

function toCount(outcome: ComplianceOutcome | undefined): Count {
  switch (outcome) {
    case 'compliant':
    case 'outdated':
    case 'otherStore':
    case 'refused':
    case 'immutable':
      return outcome;
    default:
      return 'pending';
  }
}

function toConflict(namespace: string, own: string, decision: Decision & { readonly kind: 'conflict' }): Problem {
  return { namespace, reason: 'Conflicted', message: toConflictMessage(own, decision.assignments) };
}

function date(condition: Omit<Condition, 'lastTransitionTime'>, stored: StoredAssignment, now: Date): Condition {
  const before = stored.conditions.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : toTime(now);
  return { ...condition, observedGeneration: stored.generation, lastTransitionTime: since };
}

/** `metav1.Time` counts whole seconds. */
function toTime(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}

/** Sorted by code units, so that the first problems are always the same. */
function byPlace(a: Problem, b: Problem): number {
  return (
    compareTexts(a.namespace, b.namespace) ||
    compareTexts(a.name ?? '', b.name ?? '') ||
    compareTexts(a.kind ?? '', b.kind ?? '') ||
    compareTexts(a.dataKey ?? '', b.dataKey ?? '') ||
    compareTexts(a.reason, b.reason) ||
    compareTexts(a.message, b.message)
  );
}
