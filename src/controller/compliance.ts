/**
 * What is to be said of one ConfigMap or Secret under one assignment: the plan's answer, in the words of the status.
 */
import {
  type CarrierKind,
  type ConfigMapContent,
  type FilePlan,
  type HadoopFiles,
  planConfigMap,
} from '../core/plan/config-object.ts';
import { hasTooManyKeys, mostKeys } from '../core/plan/many-keys.ts';
import type { ProblemReason } from '../core/reasons.ts';
import type { Wish } from './decide.ts';

export type Outcome =
  | 'compliant'
  /** Has to be readmitted. */
  | 'change'
  /** Was readmitted, and the webhook did not act. */
  | 'pending'
  /** Under Audit: would have to be changed. */
  | 'wouldChange'
  | 'refused'
  /** Immutable, and its file never had a key. */
  | 'immutable'
  /** Immutable, and its file has an earlier key: whoever read it has read it. */
  | 'outdated'
  /** Right, but for what is left alone since its store isn't AWS. */
  | 'otherStore'
  /** Could not be readmitted; tried again. */
  | 'failed';

/** What is wrong with a file; `dataKey` is empty where it is the ConfigMap as a whole. */
export interface Finding {
  readonly dataKey: string;
  readonly reason: ProblemReason;
  /** At most 1,000 UTF-16 code units. */
  readonly message: string;
}

export interface Judgement {
  readonly outcome: Outcome;
  /** The first ten: a ConfigMap may hold thousands of files, and this is kept for as long as it is there. */
  readonly findings: readonly Finding[];
  /** How many there are, those that aren't kept included. */
  readonly findingCount: number;
  /** It holds nothing that the assignment sets, and is right all the same: a file out of which something may be cut. */
  readonly keyless?: true;
}

const mostFindings = 10;

const compliant: Judgement = { outcome: 'compliant', findings: [], findingCount: 0 };
const keyless: Judgement = { ...compliant, keyless: true };
const otherStore: Judgement = { outcome: 'otherStore', findings: [], findingCount: 0 };
export const outdated: Judgement = { outcome: 'outdated', findings: [], findingCount: 0 };

/**
 * Judges a ConfigMap as it is stored. A refused file weighs more than immutability: a ConfigMap made anew with the same
 * file would be refused again.
 */
export function judge(
  content: ConfigMapContent & { readonly immutable: boolean },
  { assignment }: Wish,
  files: HadoopFiles,
): Judgement {
  const plan = planConfigMap(content, assignment, files, content.immutable ? 'look' : 'write');
  switch (plan.kind) {
    case 'unchanged':
      if (plan.files.some((file) => file.plan.kind === 'unchanged' && file.plan.leftAlone)) return otherStore;
      return plan.files.some((file) => file.plan.kind === 'unchanged' && file.plan.holdsBlock) ? compliant : keyless;
    case 'refused':
      return {
        outcome: 'refused',
        findings: plan.refusals
          .slice(0, mostFindings)
          .map(({ dataKey, reason, line, column, message }) =>
            finding(dataKey, reason, `line ${line}, column ${column}: ${message}`),
          ),
        findingCount: plan.refusals.length,
      };
    case 'change':
      if (content.immutable) {
        if (plan.files.every((file) => file.plan.kind !== 'change' || file.plan.outdated)) return outdated;
        return { outcome: 'immutable', ...toFindings(plan.files, 'Immutable', toImmutable(content.kind)) };
      }
      if (assignment.enforcement === 'Audit') {
        return { outcome: 'wouldChange', ...toFindings(plan.files, 'WouldChange', wouldChange) };
      }
      if (hasTooManyKeys(content)) return toTooManyKeys(content.kind);
      return { outcome: 'change', ...toFindings(plan.files, 'NotInjected', notInjected) };
  }
}

/** After a readmission what still has to be changed is pending: the webhook was not called, or failed open. */
export function judgeAnswer(...args: Parameters<typeof judge>): Judgement {
  const judgement = judge(...args);
  return judgement.outcome === 'change' ? { ...judgement, outcome: 'pending' } : judgement;
}

/**
 * The judgement of a readmission that the API server didn't carry out. Of a Secret it doesn't say why: another webhook may
 * have quoted from it.
 */
export function toFailed(message: string, kind: CarrierKind): Judgement {
  const only = finding('', 'PatchFailed', kind === 'Secret' ? withheld : message);
  return { outcome: 'failed', findings: [only], findingCount: 1 };
}

function toImmutable(kind: CarrierKind = 'ConfigMap'): string {
  return `the ${kind} is immutable and its file does not encrypt as assigned: delete it and create it again, and the webhook will edit the new one`;
}

/** The judgement of one that has to change, and that the operator can't change. */
export function toTooManyKeys(kind: CarrierKind = 'ConfigMap'): Judgement {
  const message = `the ${kind} has more than ${mostKeys} keys in one field, more than the operator may change: apply it again, or annotate it, and the webhook will edit the file in that write; or split it`;
  return { outcome: 'refused', findings: [finding('', 'TooManyKeys', message)], findingCount: 1 };
}

const withheld = "the API server did not carry out the empty patch of the Secret; 'kubectl patch' shows why";
const wouldChange = 'the file does not encrypt as assigned; under enforcement: Enforce it would be edited';
const notInjected =
  'the empty patch came back without the assigned properties: the mutating webhook was not called or failed open; ' +
  "see the webhook configuration and the operator's pods. It is tried again";

function toFindings(files: readonly FilePlan[], reason: ProblemReason, message: string): Omit<Judgement, 'outcome'> {
  const changed = files.filter(({ plan }) => plan.kind === 'change');
  const findings = changed.slice(0, mostFindings).map(({ dataKey }) => finding(dataKey, reason, message));
  return { findings, findingCount: changed.length };
}

/** The message is copied: it may be cut from the file's text, and as such it would keep all of that text in memory. */
function finding(dataKey: string, reason: ProblemReason, message: string): Finding {
  const short = message.length > 1000 ? `${message.slice(0, 999)}…` : message;
  return { dataKey, reason, message: Buffer.from(short).toString() };
}
