/**
 * The assignments that an audit goes by: those of the cluster, with those of files in their place or beside them, as if the
 * files were applied.
 */
import {
  type Assignment,
  type Candidate,
  type LabelSelector,
  type StoredAssignment,
  toStoredAssignment,
} from './core.ts';
import type { LedgerReport } from './ledger.ts';
import type { AssignmentsInCluster } from './read-cluster.ts';
import type { AssignmentRow } from './report.ts';

interface One {
  readonly name: string;
  readonly origin: AssignmentRow['origin'];
  readonly spec: StoredAssignment['spec'];
}

export interface AssignmentSet {
  readonly assignments: readonly One[];
  readonly candidates: readonly Candidate[];
  readonly files: readonly string[];
  /** What is to be said of them as a whole, a sentence each. */
  readonly remarks: readonly string[];
}

/** @param files the names of those that `inFiles` are from */
export function toAssignmentSet(
  inCluster: AssignmentsInCluster,
  inFiles: readonly Assignment[],
  files: readonly string[],
): AssignmentSet {
  const byName = new Map<string, One>();
  for (const object of inCluster.kind === 'read' ? inCluster.objects : []) {
    const stored = toStoredAssignment(object);
    if (stored !== undefined) byName.set(stored.name, { name: stored.name, origin: 'cluster', spec: stored.spec });
  }
  for (const assignment of inFiles) {
    byName.set(assignment.name, { name: assignment.name, origin: 'file', spec: { kind: 'valid', assignment } });
  }
  const assignments = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    assignments,
    candidates: assignments.flatMap(({ spec }) => spec.assignment ?? []),
    files,
    remarks: toRemarks(inCluster.kind, assignments.length),
  };
}

function toRemarks(inCluster: AssignmentsInCluster['kind'], count: number): string[] {
  if (inCluster === 'unreadable') {
    return ['the KmsKeyAssignments of the cluster may not be read: those of the files alone count'];
  }
  if (count > 0) return [];
  const what = inCluster === 'read' ? 'has no KmsKeyAssignment' : "doesn't know KmsKeyAssignments yet";
  return [`the cluster ${what}: name files with -f to see what theirs would change`];
}

export function toAssignmentRows(
  { assignments }: AssignmentSet,
  byAssignment: LedgerReport['byAssignment'],
): AssignmentRow[] {
  return assignments.map(({ name, spec, origin }) => {
    const { namespaces = 0, counts = {} } = byAssignment.get(name) ?? {};
    const target = spec.assignment === undefined ? 'unknown' : toTarget(spec.assignment.target);
    const common = { name, origin, target, namespaces, counts };
    if (spec.kind === 'invalid') return { ...common, valid: false, problems: spec.problems };
    const { algorithm, key, enforcement, otherStores = 'Encrypt' } = spec.assignment;
    const keyText = 'arn' in key ? key.arn : "the account's default key";
    return { ...common, valid: true, algorithm, key: keyText, enforcement, otherStores };
  });
}

function toTarget(target: Candidate['target']): string {
  if ('namespaces' in target) {
    const { namespaces } = target;
    const more = namespaces.length - 3;
    return namespaces.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '');
  }
  return toSelectorText(target.namespaceSelector);
}

/** As kubectl writes a selector. */
function toSelectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const operators = { In: 'in', NotIn: 'notin' } as const;
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operators[operator]} (${values.join(',')})`;
    }),
  ];
  return parts.length === 0 ? 'every namespace' : parts.join(', ');
}
