/**
 * The text of every denial. Under Audit, and where an update doesn't change the config files, the same text is a warning and
 * the object is stored: updates of labels, owners and finalizers must not depend on the files.
 */
import { type Assignment, type Candidate, isReadable } from '../core/assignment/resolve.ts';
import type { FileNote, FileRefusal } from '../core/plan/config-object.ts';
import { noteReasons } from '../core/reasons.ts';
import { toNames } from '../core/shorten.ts';
import { type AdmissionOutcome, type AdmissionResponse, allowed, type Cause, denied } from './responses.ts';

/** Hadoop would not read a file, or the assigned key can't be set in it without a guess or a loss. */
export function refused(
  refusals: readonly FileRefusal[],
  assignment: Assignment,
  leavesFiles: boolean,
): AdmissionResponse {
  const causes = refusals.map((refusal) => ({
    reason: refusal.reason,
    message: `line ${refusal.line}, column ${refusal.column}: ${refusal.message}`,
    field: refusal.dataKey,
  }));
  const lines = refusals.map((refusal) => ({
    head: `${refusal.reason}: ${toPlace(refusal)}: ${refusal.message} (KmsKeyAssignment/${assignment.name})`,
    excerpt: refusal.excerpt,
  }));
  return denyOrWarn('refused', [assignment], lines, causes, leavesFiles);
}

/** The assignments of the highest rank want different things, so none of them applies. */
export function conflicted(
  namespace: string,
  assignments: readonly Candidate[],
  leavesFiles: boolean,
): AdmissionResponse {
  const message = assignments.every(isReadable)
    ? `Conflicted: namespace ${namespace} has ${assignments.length} KmsKeyAssignments of the same rank that want different things: ` +
      `${toNames(assignments.map(({ name }) => name))}. Neither applies until all but one are changed, deleted or ` +
      'moved to other namespaces; an administrator sees them with kubectl get kmskeyassignments.'
    : `Conflicted: namespace ${namespace} has a KmsKeyAssignment that this version of the operator can't read: ` +
      `${toNames(assignments.flatMap((one) => (isReadable(one) ? [] : [one.name])))}. Nothing applies until it is ` +
      'applied anew in a form that the installed definition accepts, or deleted, or the operator is upgraded.';
  return denyOrWarn('conflict', assignments, [{ head: message }], [{ reason: 'Conflicted', message }], leavesFiles);
}

/** The object as it would be stored lacks what the mutating webhook writes. */
export function notInjected(
  dataKeys: readonly string[],
  notes: readonly FileNote[],
  assignment: Assignment,
  leavesFiles: boolean,
): AdmissionResponse {
  const message =
    `NotInjected: ${toNames(dataKeys)} would be stored without what KmsKeyAssignment/${assignment.name} sets. ` +
    'Another mutating webhook that ran after this one changed it (kubectl get mutatingwebhookconfigurations), ' +
    'or the mutating webhook was not called, or the assignment changed during this request: then try again.';
  const causes = dataKeys.map((field) => ({ reason: 'NotInjected' as const, message, field }));
  const lines = [message, ...notes.map(toWarning)].map((head) => ({ head }));
  return denyOrWarn('change', [assignment], lines, causes, leavesFiles);
}

/**
 * Adds a last line to a denial, with a link to the documentation of its reason: users who are denied rarely know the
 * operator. An allowed answer stays as it is.
 */
export function withReference(answer: AdmissionResponse, docsUrl: string): AdmissionResponse {
  const { status } = answer;
  if (status === undefined) return answer;
  const message = `${status.message}\nSee ${docsUrl}#${status.reason.toLowerCase()}`;
  return { ...answer, status: { ...status, message } };
}

/** A note as a warning to the user, with its place. */
export function toWarning(note: FileNote): string {
  return `${noteReasons[note.kind]}: ${toPlace(note)}: ${note.message}`;
}

/** Lines count within the file, not in the manifest that it came in. */
function toPlace({ dataKey, line, column }: Pick<FileNote, 'dataKey' | 'line' | 'column'>): string {
  return `line ${line}, column ${column} within ${dataKey}`;
}

/** One line of a denial or warning. Warnings leave the excerpt out, since the API server limits their length. */
interface Line {
  readonly head: string;
  readonly excerpt?: string | null;
}

function denyOrWarn(
  outcome: AdmissionOutcome,
  assignments: readonly Candidate[],
  lines: readonly Line[],
  causes: readonly Cause[],
  leavesFiles: boolean,
): AdmissionResponse {
  const audit = assignments.every(({ enforcement }) => enforcement === 'Audit');
  if (!audit && !leavesFiles) return denied({ outcome, assignments }, lines.map(toText), causes);
  const reasons = causes.map(({ reason }) => reason);
  const because = audit ? 'Audit only, else denied' : 'not changed by this update, else denied';
  return allowed(
    { outcome, assignments, reasons },
    lines.map(({ head }) => `${because}: ${head}`),
  );
}

function toText({ head, excerpt }: Line): string {
  return excerpt ? `${head}\n${excerpt.replace(/^/gm, '    ')}` : head;
}
