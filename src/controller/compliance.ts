/**
 * The compliance of one ConfigMap or Secret under one assignment: the outcome of the plan, in the words of the status.
 */
import {
  type ConfigObjectContent,
  type ConfigObjectKind,
  type FilePlan,
  type FileRules,
  planConfigObject,
} from '../core/plan/config-object.ts';
import { hasTooManyKeys, mostKeys } from '../core/plan/many-keys.ts';
import type { ProblemReason } from '../core/reasons.ts';
import { shorten } from '../core/shorten.ts';
import type { DesiredEncryption } from './decide.ts';

export type ComplianceOutcome =
  | 'compliant'
  /** Must be readmitted. */
  | 'change'
  /** Was readmitted, and the webhook did not act. */
  | 'pending'
  /** Audit only: under Enforce it would be changed. */
  | 'wouldChange'
  | 'refused'
  /** Immutable and not compliant, and its file never had our properties. */
  | 'immutable'
  /** Immutable, and its file has an earlier key. No problem: pods that read the file have read it already. */
  | 'outdated'
  /** Compliant, except for files or buckets that are left alone since their store isn't AWS. */
  | 'otherStore'
  /** Could not be readmitted; the reconciler tries again. */
  | 'failed';

/** What is wrong with a file; `dataKey` is empty where the problem is about the object as a whole. */
export interface FileProblem {
  readonly dataKey: string;
  readonly reason: ProblemReason;
  /** At most 1,000 UTF-16 code units. */
  readonly message: string;
}

export interface Compliance {
  readonly outcome: ComplianceOutcome;
  /** The first ten: a ConfigMap may hold thousands of files, and this list is kept as long as the object exists. */
  readonly problems: readonly FileProblem[];
  /** The number of all problems, those that aren't kept included. */
  readonly problemCount: number;
  /** Compliant without our properties: an `other` file that sets no encryption, so another key changes nothing in it. */
  readonly keyless?: true;
}

const mostProblems = 10;

const compliant: Compliance = { outcome: 'compliant', problems: [], problemCount: 0 };
const keyless: Compliance = { ...compliant, keyless: true };
const otherStore: Compliance = { outcome: 'otherStore', problems: [], problemCount: 0 };
export const outdated: Compliance = { outcome: 'outdated', problems: [], problemCount: 0 };

/**
 * Assesses an object as it is stored. A refusal goes before immutability: an immutable object that is created anew with the
 * same file would be refused again.
 */
export function assess(
  content: ConfigObjectContent & { readonly immutable: boolean },
  { assignment }: DesiredEncryption,
  files: FileRules,
): Compliance {
  const plan = planConfigObject(content, assignment, files, content.immutable ? 'assess' : 'write');
  switch (plan.kind) {
    case 'unchanged':
      if (plan.files.some((file) => file.plan.kind === 'unchanged' && file.plan.leftAlone)) return otherStore;
      return plan.files.some((file) => file.plan.kind === 'unchanged' && file.plan.holdsBlock) ? compliant : keyless;
    case 'refused':
      return {
        outcome: 'refused',
        problems: plan.refusals
          .slice(0, mostProblems)
          .map(({ dataKey, reason, line, column, message }) =>
            toProblem(dataKey, reason, `line ${line}, column ${column}: ${message}`),
          ),
        problemCount: plan.refusals.length,
      };
    case 'change':
      if (content.immutable) {
        if (plan.files.every((file) => file.plan.kind !== 'change' || file.plan.outdated)) return outdated;
        return { outcome: 'immutable', ...toProblems(plan.files, 'Immutable', toImmutable(content.kind)) };
      }
      if (assignment.enforcement === 'Audit') {
        return { outcome: 'wouldChange', ...toProblems(plan.files, 'WouldChange', wouldChange) };
      }
      if (hasTooManyKeys(content)) return toTooManyKeys(content.kind);
      return { outcome: 'change', ...toProblems(plan.files, 'NotInjected', notInjected) };
  }
}

/** Assesses the answer to a readmission. An object that still has to change is pending: the webhook was not called, or failed open. */
export function assessAnswer(...args: Parameters<typeof assess>): Compliance {
  const compliance = assess(...args);
  return compliance.outcome === 'change' ? { ...compliance, outcome: 'pending' } : compliance;
}

/**
 * For a readmission that the API server didn't carry out. For a Secret the reason is withheld: another webhook's message may
 * quote from it.
 */
export function toFailed(message: string, kind: ConfigObjectKind): Compliance {
  const only = toProblem('', 'PatchFailed', kind === 'Secret' ? withheld : message);
  return { outcome: 'failed', problems: [only], problemCount: 1 };
}

function toImmutable(kind: ConfigObjectKind = 'ConfigMap'): string {
  return `the ${kind} is immutable and its file does not encrypt as assigned: delete it and create it again, and the webhook will edit the new one`;
}

/** For an object that must change and has too many data keys for the operator to change it. */
export function toTooManyKeys(kind: ConfigObjectKind = 'ConfigMap'): Compliance {
  const message = `the ${kind} has more than ${mostKeys} keys in one field, more than the operator may change: apply it again, or annotate it, and the webhook will edit the file in that write; or split it`;
  return { outcome: 'refused', problems: [toProblem('', 'TooManyKeys', message)], problemCount: 1 };
}

const withheld = "the API server did not carry out the empty patch of the Secret; 'kubectl patch' shows why";
const wouldChange = 'the file does not encrypt as assigned; under enforcement: Enforce it would be edited';
const notInjected =
  'the empty patch came back without the assigned properties: the mutating webhook was not called or failed open; ' +
  "see the webhook configuration and the operator's pods. It is tried again";

function toProblems(files: readonly FilePlan[], reason: ProblemReason, message: string): Omit<Compliance, 'outcome'> {
  const changed = files.filter(({ plan }) => plan.kind === 'change');
  const problems = changed.slice(0, mostProblems).map(({ dataKey }) => toProblem(dataKey, reason, message));
  return { problems, problemCount: changed.length };
}

/** The message is copied: V8 may store it as a slice of the file's text, which would keep the whole text in memory. */
function toProblem(dataKey: string, reason: ProblemReason, message: string): FileProblem {
  return { dataKey, reason, message: Buffer.from(shorten(message, 1000)).toString() };
}
