/**
 * The explanation of an object of a cluster, as plain data: the assignment of its namespace and why, and each file's compliance.
 */

import { matchesSelector } from '../../core/assignment/label-selector.ts';
import { explainNamespace, type Selecting } from '../../core/explain/namespace.ts';
import { type Assignment, type ConfigObjectContent, type FilePlan, type FileRules, planConfigObject } from '../core.ts';
import type { Seen } from './cluster.ts';

export type NamespaceStanding = 'assigned' | 'conflict' | 'none' | 'excluded' | 'notInstalled';

export type FileAnswer = {
  readonly key: string;
  /** `leftAlone`: its store isn't AWS, and the assignment says to leave such. */
  readonly outcome: 'compliant' | 'leftAlone' | 'notCompliant' | 'refused';
  /** It holds what an assignment set at an earlier time. */
  readonly outdated?: true;
  readonly reason?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
};

export interface ObjectAnswer {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  readonly name: string;
  readonly standing: NamespaceStanding;
  /** Not for want of rights to read the webhook's configuration. */
  readonly scopeKnown: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly assignment: Pick<Assignment, 'name' | 'algorithm' | 'key' | 'enforcement'> | null;
  readonly selecting: readonly (Selecting & { readonly problems: readonly string[] })[];
  readonly files: readonly FileAnswer[];
}

export function toObjectAnswer(seen: Seen, kind: ObjectAnswer['kind'], files: FileRules): ObjectAnswer {
  const { namespace, object, candidates, problems, scope } = seen;
  const { resolution, selecting } = explainNamespace(namespace, candidates);
  const isCovered = scope.kind !== 'known' || matchesSelector(scope.namespaceSelector, namespace.labels);
  const standing = scope.kind === 'notInstalled' ? 'notInstalled' : isCovered ? resolution.kind : 'excluded';
  const assignment = resolution.kind === 'assigned' ? resolution.assignment : null;
  const content = { kind, data: object.data, binaryData: object.binaryData } as ConfigObjectContent;
  return {
    kind,
    namespace: namespace.name,
    name: object.metadata.name,
    standing,
    scopeKnown: scope.kind !== 'forbidden',
    labels: namespace.labels,
    assignment: assignment && pick(assignment),
    selecting: selecting.map((one) => ({ ...one, problems: problems.get(one.name) ?? [] })),
    files: assignment === null ? [] : toFiles(content, assignment, files, object.immutable === true),
  };
}

function pick({ name, algorithm, key, enforcement }: Assignment) {
  return { name, algorithm, key, enforcement };
}

function toFiles(
  content: ConfigObjectContent,
  assignment: Assignment,
  files: FileRules,
  immutable: boolean,
): FileAnswer[] {
  return planConfigObject(content, assignment, files).files.map((file) => toFile(file, assignment, immutable));
}

function toFile({ dataKey: key, plan }: FilePlan, { enforcement }: Assignment, immutable: boolean): FileAnswer {
  if (plan.kind === 'refused') {
    const { reason, line, column, message } = plan;
    return { key, outcome: 'refused', reason, line, column, message };
  }
  if (plan.kind === 'unchanged') {
    if (plan.leftAlone)
      return { key, outcome: 'leftAlone', message: "left alone: its endpoint isn't AWS (otherStores: Leave)" };
    const message = plan.holdsBlock
      ? 'has the assigned key'
      : 'says nothing of encryption itself; another file beside it has the key';
    return { key, outcome: 'compliant', message };
  }
  const overridden = plan.notes.find(({ kind }) => kind === 'overridden');
  const place = overridden === undefined ? {} : { line: overridden.line, column: overridden.column };
  const outdated = plan.outdated ? ({ outdated: true } as const) : {};
  return { key, outcome: 'notCompliant', ...outdated, ...place, ...toChange(plan.outdated, enforcement, immutable) };
}

/** What is wrong with a file that would be changed, and what to do. */
function toChange(outdated: boolean, enforcement: Assignment['enforcement'], immutable: boolean) {
  const what = outdated ? 'holds what an assignment set earlier' : 'does not have the assigned key';
  if (immutable)
    return { reason: 'Immutable', message: `${what}, and the object is immutable: delete it and create it again` };
  if (enforcement === 'Audit') {
    return { reason: 'WouldChange', message: `${what}; Audit changes nothing: under Enforce it would be set` };
  }
  return {
    reason: 'NotInjected',
    message: `${what}: the operator sets it within seconds; if it stays so, look at the assignment's status and the object's Events, or apply the manifest again`,
  };
}
