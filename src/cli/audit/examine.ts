/**
 * One object examined: whether it holds configuration at all, how it stands under what holds for its namespace, and what
 * nothing covers. Nothing of its text is kept.
 */
import {
  type Assignment,
  assess,
  ConfigFiles,
  type ConfigObjectPlan,
  type Decision,
  type DesiredEncryption,
  type FileProblem,
  type FileRules,
  type Key,
  noteReasons,
  planConfigObject,
  type StoredConfigObject,
} from './core.ts';
import { findOtherValues } from './other-values.ts';
import type { AuditOutcome } from './outcomes.ts';
import { accountDefault, findPresentKey, type PresentKey } from './present-key.ts';
import type { FindingRow, OtherValueRow, WarningReason } from './report.ts';

export interface Examined {
  /** Null where it holds no file of ours: then only `otherValues` counts. */
  readonly standing: Standing | null;
  readonly otherValues: readonly Pick<OtherValueRow, 'key' | 'looksLike'>[];
}

export interface Standing {
  readonly outcome: AuditOutcome;
  readonly findings: readonly FindingRow[];
  readonly findingCount: number;
  /** The reasons of its warnings, each once. */
  readonly warnings: readonly WarningReason[];
  /** For each file that has a key for all buckets. */
  readonly keys: readonly { readonly now: PresentKey; readonly after: PresentKey }[];
}

/** How many are kept for one object, which may hold thousands of files. */
const mostFindings = 10;

/** Undefined for an object without config files and without other values that matter. */
export function examine(object: StoredConfigObject, decision: Decision, rules: FileRules): Examined | undefined {
  const strict = decision.kind === 'assigned' && decision.desired.assignment.enforcement === 'Strict';
  const files = new ConfigFiles(object, rules).list(strict);
  const otherValues = findOtherValues(object, rules, files);
  if (files.length === 0) return otherValues.length === 0 ? undefined : { standing: null, otherValues };
  if (decision.kind === 'assigned') return { standing: examineUnder(object, decision.desired, rules), otherValues };
  const keys = files.filter(hasKey).map((file) => {
    // Which key a Secret names is for those who may read it.
    const now = object.kind === 'Secret' ? withheld : findPresentKey(file);
    return { now, after: now };
  });
  const outcome = ({ none: 'unassigned', conflict: 'conflicted', excluded: 'excluded', unknown: 'excluded' } as const)[
    decision.kind
  ];
  return { standing: { outcome, findings: [], findingCount: 0, warnings: [], keys }, otherValues };
}

function examineUnder(object: StoredConfigObject, desired: DesiredEncryption, rules: FileRules): Standing {
  const { assignment } = desired;
  const { outcome, problems, problemCount } = assess(object, desired, rules);
  const plan = planConfigObject(object, assignment, rules, object.immutable ? 'assess' : 'write');
  const rows = plan.kind === 'refused' ? toRefusals(plan) : problems.map(toRow);
  const notes = plan.kind === 'refused' ? [] : toWarnings(plan);
  const auditOutcome: AuditOutcome =
    outcome === 'wouldChange' || outcome === 'pending' || outcome === 'failed' ? 'change' : outcome;
  return {
    outcome: auditOutcome,
    findings: [...rows, ...notes].slice(0, mostFindings),
    findingCount: (plan.kind === 'refused' ? plan.refusals.length : problemCount) + notes.length,
    warnings: [...new Set(notes.map(({ reason }) => reason as WarningReason))],
    keys: toKeys(object, plan, assignment, auditOutcome),
  };
}

function toRow({ dataKey, reason, message }: FileProblem): FindingRow {
  const place = { key: dataKey, line: null, column: null };
  // The operator's word for what a patch of its own left unchanged. Here nothing was patched.
  if (reason === 'NotInjected') return { ...place, reason: 'WouldChange', severity: 'note', message: wouldChange };
  return { ...place, reason, severity: reason === 'WouldChange' ? 'note' : 'error', message };
}

const wouldChange = 'the file does not encrypt as assigned: the operator edits it';

function toRefusals({ refusals }: Extract<ConfigObjectPlan, { kind: 'refused' }>): FindingRow[] {
  return refusals.slice(0, mostFindings).map(({ dataKey, reason, line, column, message }) => ({
    key: dataKey,
    reason,
    severity: 'error',
    line,
    column,
    message: copy(message),
  }));
}

function toWarnings({ notes }: Exclude<ConfigObjectPlan, { kind: 'refused' }>): FindingRow[] {
  return notes.map(({ dataKey, kind, line, column, message }) => ({
    key: dataKey,
    reason: noteReasons[kind],
    severity: kind === 'overridden' ? 'note' : 'warning',
    line,
    column,
    message: copy(message),
  }));
}

/** A message may be cut from the file's text, and as such it would keep all of that text in memory. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}

const withheld: PresentKey = { kind: 'unknown', key: 'in a Secret, not told' };

function toKeys(object: StoredConfigObject, plan: ConfigObjectPlan, assignment: Assignment, outcome: AuditOutcome) {
  const assigned = toPresentKey(assignment.key);
  return plan.files.filter(hasKey).map(({ field, dataKey, role, base64, plan: filePlan }) => {
    const stands = filePlan.kind === 'unchanged' && filePlan.holdsBlock;
    const value = object[field]?.[dataKey] ?? '';
    const read = () => (object.kind === 'Secret' ? withheld : findPresentKey({ role, value, base64 }));
    const now = stands ? assigned : read();
    // An immutable object stays as it is, and one refused file keeps the others of its object from being edited.
    return { now, after: outcome === 'change' && filePlan.kind === 'change' ? assigned : now };
  });
}

export function toPresentKey(key: Key): PresentKey {
  return 'arn' in key ? { kind: 'arn', key: key.arn } : accountDefault;
}

/** Encryption properties in a file beside core-site.xml are usually only cut. */
function hasKey({ role }: { readonly role: string }): boolean {
  return role !== 'other';
}
