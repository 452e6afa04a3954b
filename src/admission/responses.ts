/**
 * The constructors of every answer to a review.
 */
import type { Candidate } from '../core/assignment/resolve.ts';
import type { JsonPatchOperation } from '../core/plan/config-object.ts';
import type { ProblemReason } from '../core/reasons.ts';
import { firstFew, toLines } from '../core/shorten.ts';
import { failure, type Status, type StatusCause } from './api-status.ts';

/** Why a request is allowed without a plan. */
export type Exemption = /** stored as immutable */ 'immutable' | /** no Hadoop file */ 'noConfigFile';

/** What was found. The enforcement decides whether it is a denial or a warning. */
export type AdmissionOutcome =
  | Exemption
  | 'unassigned'
  | 'conflict'
  | 'unchanged'
  | 'change'
  | 'refused'
  | 'unreadable';

/** What the audit log and the operator's log say about an answer. */
export interface AuditRecord {
  readonly outcome: AdmissionOutcome;
  readonly assignments?: readonly Candidate[];
  readonly reasons?: readonly ProblemReason[];
}

/** An `AdmissionResponse` without its uid. */
export interface AdmissionResponse {
  readonly allowed: boolean;
  readonly patchType?: 'JSONPatch';
  /** A JSON Patch in base64. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  /** The API server puts the webhook's name before each key: `mutate.ssekms.io/outcome`. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly status?: Status;
}

/** The request is allowed without an edit. */
export function allowed(record: AuditRecord, warnings: readonly string[] = []): AdmissionResponse {
  return { allowed: true, ...toWarnings(warnings), auditAnnotations: toAnnotations(record) };
}

/** The request is allowed, and the API server applies the JSON Patch. */
export function patched(
  record: AuditRecord,
  operations: readonly JsonPatchOperation[],
  warnings: readonly string[] = [],
): AdmissionResponse {
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { ...allowed(record, warnings), patchType: 'JSONPatch', patch };
}

/**
 * A denial. Its reason is that of the first cause. The code is 403: clients don't repeat it, and it differs from the 500 of a
 * bug. Only the first few lines and causes are shown; the audit annotations have all reasons.
 * @throws RangeError for no cause at all: a bug in the planner.
 */
export function denied(record: AuditRecord, lines: readonly string[], causes: readonly Cause[]): AdmissionResponse {
  const reasons = causes.map((cause) => cause.reason);
  const [reason] = reasons;
  if (reason === undefined) throw new RangeError('a denial without a cause');
  return {
    allowed: false,
    auditAnnotations: toAnnotations({ ...record, reasons }),
    status: failure(403, reason, toLines(lines).join('\n'), firstFew(causes).shown),
  };
}

/** Denies a review of which only the uid could be read. An HTTP error would leave the decision to the failurePolicy, which may be Ignore. */
export function unreadable(message: string): AdmissionResponse {
  return denied({ outcome: 'unreadable' }, [`Unreadable: ${message}`], [{ reason: 'Unreadable', message }]);
}

export interface Cause extends StatusCause {
  readonly reason: ProblemReason;
}

/** The body of the HTTP answer. */
export function toReview(uid: string, answer: AdmissionResponse): object {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, ...answer } };
}

function toAnnotations({ outcome, assignments = [], reasons = [] }: AuditRecord): Record<string, string> {
  return {
    outcome,
    ...(assignments.length > 0 && {
      assignment: assignments.map(({ name }) => name).join(','),
      enforcement: [...new Set(assignments.map(({ enforcement }) => enforcement))].join(','),
    }),
    ...(reasons.length > 0 && { reasons: [...new Set(reasons)].join(',') }),
  };
}

/** If all warnings of a request exceed 4096 characters together, the API server cuts each at 256, those of other webhooks too. */
const longestWarning = 256;

function toWarnings(texts: readonly string[]): { readonly warnings?: readonly string[] } {
  if (texts.length === 0) return {};
  return { warnings: toLines(texts).map(toWarning) };
}

/** The API server silently drops a warning with a control character or half a surrogate pair. */
function toWarning(text: string): string {
  const printable = text.toWellFormed().replace(/\p{Cc}+/gu, ' ');
  const characters = [...printable];
  return characters.length > longestWarning ? `${characters.slice(0, longestWarning - 1).join('')}…` : printable;
}
