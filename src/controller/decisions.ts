/**
 * The decision for each namespace, kept up to date with assignments, namespaces and scope.
 */
import type { Logger } from 'pino';
import type { Candidate, Namespace } from '../core/assignment/resolve.ts';
import { type Decision, decide, sameDecision, toAssignments, type WebhookScope } from './decide.ts';

export interface DecisionsOptions {
  readonly namespaces: { entries(): Iterable<[string, Namespace]>; get(name: string): Namespace | undefined };
  readonly candidates: () => readonly Candidate[];
  readonly scope: () => WebhookScope;
  readonly log: Logger;
}

export interface Decisions {
  get(namespace: string): Decision | undefined;
  entries(): IterableIterator<[string, Decision]>;
  /** The namespaces that an assignment has, alone or in conflict with others. */
  of(assignment: string): Iterable<string>;
  /** Decides anew for one namespace: true where that changed anything. */
  renew(namespace: string): boolean;
  /** Decides anew for all, and returns the namespaces whose decision changed. */
  renewAll(): readonly string[];
}

export function buildDecisions({ namespaces, candidates, scope, log }: DecisionsOptions): Decisions {
  const decisions = new Map<string, Decision>();
  /** Namespaces by assignment. An index, since each status is derived up to once a second, and there may be many of both. */
  const byAssignment = new Map<string, Set<string>>();

  /** `decide` may throw on an object of another API version. Then the decision is unknown, and nothing is written. */
  function decideSafely(namespace: Namespace): Decision {
    try {
      return decide(namespace, candidates(), scope());
    } catch (error) {
      log.error({ err: error, namespace: namespace.name }, 'could not decide what holds for a namespace');
      return { kind: 'unknown' };
    }
  }

  function renew(name: string): boolean {
    const before = decisions.get(name);
    const namespace = namespaces.get(name);
    const after = namespace && decideSafely(namespace);
    if (after === undefined) decisions.delete(name);
    else decisions.set(name, after);
    for (const assignment of toAssignments(before)) byAssignment.get(assignment)?.delete(name);
    for (const assignment of toAssignments(after)) {
      const names = byAssignment.get(assignment) ?? new Set();
      byAssignment.set(assignment, names.add(name));
    }
    return !sameDecision(before, after);
  }

  return {
    get: (name) => decisions.get(name),
    entries: () => decisions.entries(),
    of: (assignment) => byAssignment.get(assignment) ?? [],
    renew,
    renewAll() {
      const names = new Set(decisions.keys());
      for (const [name] of namespaces.entries()) names.add(name);
      const changed = [...names].filter(renew);
      for (const [assignment, its] of byAssignment) if (its.size === 0) byAssignment.delete(assignment);
      return changed;
    },
  };
}
