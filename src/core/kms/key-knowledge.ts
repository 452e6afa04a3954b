/**
 * What is known of a key over time: an outage of KMS says nothing of the key, so what KMS said last holds on for a while.
 *
 * | last answer   | then no answer                         | then access denied                   |
 * | ------------- | -------------------------------------- | ------------------------------------ |
 * | none          | Unknown                                | Unknown                              |
 * | usable        | usable for `staleMs`, Unknown after it | Unknown                              |
 * | not usable    | not usable, until KMS says otherwise   | not usable, until KMS says otherwise |
 */
import { judgeKey, type KeyJudgement, type KmsAnswer } from './judge-key.ts';

export interface KeyKnowledge {
  /** The last judgement that is about the key itself, and when KMS gave the answer (milliseconds since 1970). */
  readonly answered: { readonly judgement: KeyJudgement; readonly at: number } | undefined;
  /** Why it isn't known whether that still holds: of the last try, where that brought no answer. */
  readonly unknown: KeyJudgement | undefined;
}

/** A judgement as it holds at one time. */
export interface CurrentJudgement extends KeyJudgement {
  /** When KMS last answered, where it has not since. Milliseconds since 1970. */
  readonly lastAnswerAt?: number;
}

export const unreachable: KeyJudgement = { status: 'Unknown', reason: 'Unreachable' };

export function learn(before: KeyKnowledge | undefined, answer: KmsAnswer, now: number): KeyKnowledge {
  const judgement = judgeKey(answer);
  return judgement.status === 'Unknown'
    ? { answered: before?.answered, unknown: judgement }
    : { answered: { judgement, at: now }, unknown: undefined };
}

/**
 * A key that waits for its turn for so long that its answer is stale has none either.
 *
 * @param staleMs how long a key that was usable is taken for usable while KMS gives no answer
 */
export function judgeNow({ answered, unknown }: KeyKnowledge, now: number, staleMs: number): CurrentJudgement {
  const why = unknown ?? unreachable;
  if (answered === undefined) return why;
  const { judgement, at } = answered;
  const isStale = now - at > staleMs;
  if (unknown === undefined && !isStale) return judgement;
  if (judgement.status === 'False') return { ...judgement, lastAnswerAt: at };
  if (why.reason === 'AccessDenied') return why;
  return isStale ? { ...why, lastAnswerAt: at } : judgement;
}
