/**
 * The conditions of an assignment: whether its encryption is in force everywhere, and if not, why.
 */
import type { Condition } from '../api/assignment-status.ts';
import { type Candidate, isReadable } from '../core/assignment/resolve.ts';
import type { ReadyReason } from '../core/reasons.ts';
import type { StatusCounts, StatusFacts } from './status-facts.ts';

type Undated = Omit<Condition, 'lastTransitionTime'>;

interface ReadyCheck {
  readonly reason: ReadyReason;
  /** The message where the check applies; undefined where it doesn't. */
  readonly message: (facts: StatusFacts, counts: StatusCounts) => string | undefined;
}

/** The first check that applies decides. With the last two the assignment is Ready. */
const checks: readonly ReadyCheck[] = [
  {
    reason: 'Invalid',
    message: ({ stored }) =>
      stored.spec.kind === 'invalid' ? `the assignment is not applied: ${stored.spec.problems.join('; ')}` : undefined,
  },
  {
    reason: 'WebhookMissing',
    message: ({ scopeKnown, validated }) => {
      if (!scopeKnown) return "the operator's MutatingWebhookConfiguration does not exist, so no file is edited";
      return validated
        ? undefined
        : "the operator's ValidatingWebhookConfiguration does not exist, so nothing stops what another webhook undoes";
    },
  },
  {
    reason: 'Conflicted',
    message: (facts) => toConflicts(facts),
  },
  {
    reason: 'NamespaceExcluded',
    message: ({ excluded }) =>
      excluded.length === 0
        ? undefined
        : `outside the namespaceSelector of the operator's webhook, where nothing is edited: ${list(excluded)}`,
  },
  {
    reason: 'NamespaceNotFound',
    message: ({ missing }) => (missing.length === 0 ? undefined : `there is no namespace ${list(missing)}`),
  },
  {
    reason: 'Refused',
    message: (_, { refused, ...all }) =>
      refused === 0
        ? undefined
        : `${refused} of ${toObjectCount(all)} ${refused === 1 ? 'holds' : 'hold'} a file that was refused: see problems`,
  },
  {
    reason: 'Immutable',
    message: (_, { immutable, ...all }) =>
      immutable === 0
        ? undefined
        : `${immutable} of ${toObjectCount(all)} ${immutable === 1 ? 'is immutable and has' : 'are immutable and have'} to be recreated: see problems`,
  },
  {
    reason: 'Pending',
    message: (facts, { pending, ...all }) =>
      pending === 0 || isAudit(facts)
        ? undefined
        : `${pending} of ${toObjectCount(all)} ${pending === 1 ? 'does' : 'do'} not encrypt as assigned yet`,
  },
  {
    reason: 'Audited',
    message: (facts, { compliant, ...all }) =>
      isAudit(facts)
        ? `nothing is changed under Audit; ${compliant} of ${toObjectCount(all)} ${encrypts(compliant)} as assigned`
        : undefined,
  },
  {
    reason: 'Compliant',
    message: (_, { namespaces, ...all }) => {
      if (namespaces === 0) {
        return 'no namespace has it: none matches, or an assignment of a higher rank, or one that says the same, applies there';
      }
      if (all.total === 0) return 'its namespaces hold no Hadoop file';
      const current = { ...all, total: all.total - all.outdated - all.otherStore };
      const others = [
        toOthers(all.outdated, 'immutable', 'an earlier key'),
        toOthers(all.otherStore, 'left alone', 'a store that is not AWS'),
      ].join('');
      return `${toObjectCount(current)} ${encrypts(current.total)} as assigned${others}`;
    },
  },
];

/** The condition Ready, with the reason of the first check that applies. */
export function toReady(facts: StatusFacts, counts: StatusCounts): Undated {
  for (const { reason, message } of checks) {
    const text = message(facts, counts);
    if (text === undefined) continue;
    const status = reason === 'Compliant' || reason === 'Audited' ? 'True' : 'False';
    return { type: 'Ready', status, reason, message: text.slice(0, 32_768) };
  }
  throw new RangeError('the last check has to answer');
}

/** The condition Conflicted. */
export function toConflicted(facts: StatusFacts): Undated {
  const message = toConflicts(facts);
  return message === undefined
    ? { type: 'Conflicted', status: 'False', reason: 'NoConflict', message: '' }
    : { type: 'Conflicted', status: 'True', reason: 'Conflicted', message };
}

/** Reasons that last until a person changes something. All others may end by themselves. */
const lasting: ReadonlySet<string> = new Set<ReadyReason>([
  'Invalid',
  'Conflicted',
  'NamespaceExcluded',
  'Refused',
  'Immutable',
]);

/**
 * `Stalled` as kstatus defines it; Flux, kpt and others use it to tell failed from in progress. It is True while waiting is no
 * use, and absent otherwise. Pending objects are progress, except under Audit, where nothing is changed.
 */
export function toStalled(facts: StatusFacts, { pending }: Pick<StatusCounts, 'pending'>, ready: Undated): Undated[] {
  const { status, reason, message } = ready;
  if (status === 'True' || !lasting.has(reason)) return [];
  const inProgress = pending > 0 && !isAudit(facts) && (reason === 'Refused' || reason === 'Immutable');
  return inProgress ? [] : [{ type: 'Stalled', status: 'True', reason, message }];
}

function toConflicts({ stored, namespaces }: StatusFacts): string | undefined {
  const candidates = new Map<string, Candidate>();
  const where: string[] = [];
  for (const { name, decision } of namespaces) {
    if (decision.kind !== 'conflict') continue;
    where.push(name);
    for (const candidate of decision.assignments) candidates.set(candidate.name, candidate);
  }
  if (where.length === 0) return undefined;
  return `${toCause(stored.name, [...candidates.values()])} in ${list(where.sort())}: nothing applies there`;
}

/** What a conflict does to a namespace, from the view of the assignment `own`. */
export function toConflictMessage(own: string, candidates: readonly Candidate[]): string {
  return `${toCause(own, candidates)}: nothing applies here`;
}

/** Why assignments conflict, from the view of the assignment `own`. */
function toCause(own: string, candidates: readonly Candidate[]): string {
  const [readable, unreadable] = [true, false].map((wanted) =>
    candidates.filter((candidate) => isReadable(candidate) === wanted).map(({ name }) => name),
  ) as [string[], string[]];
  const others = readable.filter((name) => name !== own).sort();
  return [
    ...(others.length === 0
      ? []
      : [`${list(others)} of the same rank ${others.length === 1 ? 'wants' : 'want'} something else`]),
    ...(unreadable.length === 0 ? [] : [`${list(unreadable.sort())} can't be read by this version of the operator`]),
  ].join(', and ');
}

function isAudit({ stored: { spec } }: StatusFacts): boolean {
  return spec.kind === 'valid' && spec.assignment.enforcement === 'Audit';
}

function toOthers(count: number, which: string, what: string): string {
  return count === 0 ? '' : `; ${count} ${which} ${count === 1 ? 'one has' : 'ones have'} ${what}`;
}

function encrypts(count: number): string {
  return count === 1 ? 'encrypts' : 'encrypt';
}

function toObjectCount({ total, secrets }: Pick<StatusCounts, 'total' | 'secrets'>): string {
  if (secrets === 0) return total === 1 ? '1 ConfigMap' : `${total} ConfigMaps`;
  if (secrets === total) return total === 1 ? '1 Secret' : `${total} Secrets`;
  return `${total} ConfigMaps and Secrets`;
}

/** A list of names; of many the first five. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
