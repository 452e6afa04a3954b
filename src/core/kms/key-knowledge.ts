/**
 * What is known of a key over time: an outage of KMS says nothing of the key, so what KMS said last holds on for a while.
 *
 * | last answer   | then no answer                         | then access denied |
 * | ------------- | -------------------------------------- | ------------------ |
 * | none          | Unknown                                | Unknown            |
 * | usable        | usable for `staleMs`, Unknown after it | Unknown            |
 * | not usable    | not usable, until KMS says otherwise   | Unknown            |
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

export function learn(before: KeyKnowledge | undefined, answer: KmsAnswer, now: number): KeyKnowledge {
  const judgement = judgeKey(answer);
  return judgement.status === 'Unknown'
    ? { answered: before?.answered, unknown: judgement }
    : { answered: { judgement, at: now }, unknown: undefined };
}

/** @param staleMs how long a key that was usable is taken for usable while KMS gives no answer */
export function judgeNow({ answered, unknown }: KeyKnowledge, now: number, staleMs: number): CurrentJudgement {
  if (unknown === undefined) return answered?.judgement ?? { status: 'Unknown', reason: 'Unreachable' };
  if (answered === undefined || unknown.reason === 'AccessDenied') return unknown;
  const { judgement, at } = answered;
  if (judgement.status === 'False') return { ...judgement, lastAnswerAt: at };
  return now - at <= staleMs ? judgement : { ...unknown, lastAnswerAt: at };
}
