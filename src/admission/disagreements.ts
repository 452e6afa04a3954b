/**
 * The final answer of the validating webhook. What it denies another replica, or another webhook, made so: the mutating
 * webhook would have denied it, or changed it. So before it is denied, it is made sure that this replica isn't the one that
 * is wrong.
 */
import type { FileRules } from '../core/plan/config-object.ts';
import { buildRecent } from '../core/recent.ts';
import { Unavailable } from '../core/unavailable.ts';
import type { AssignmentResolver } from '../ports/assignment-resolver.ts';
import {
  answerRequest,
  answerUnder,
  type ReviewedRequest,
  rememberedUids,
  toReviewedRequest,
} from './answer-request.ts';
import type { AdmissionResponse } from './responses.ts';
import type { AdmissionRequest } from './review.ts';
import { validate } from './validate.ts';

/** Judges the object as it would be stored; keeps in mind which requests it has asked to be sent once more. */
export function buildFinalAnswer(rules: FileRules, resolver: AssignmentResolver) {
  /** By what is known here where it can't be read. */
  async function answerNow(reviewed: ReviewedRequest, known: AdmissionResponse): Promise<AdmissionResponse> {
    try {
      return answerUnder(await resolver.resolveNow(reviewed.request.namespace), reviewed, validate);
    } catch (error) {
      if (error instanceof Unavailable) return known;
      throw error;
    }
  }

  const asked = buildRecent<true>(rememberedUids);

  /**
   * | it would be right                              | what is answered                                              |
   * | ---------------------------------------------- | ------------------------------------------------------------- |
   * | by what is known here                          | allowed                                                       |
   * | by what holds now, read live                   | allowed: another replica knew of it before this one           |
   * | by what held a few seconds ago                 | allowed, as if it came before; the reconciler then repairs it |
   * | by none of these, and it is asked for once     | 503: the API server asks again, perhaps another replica       |
   * | by none of these, and it is asked for again    | denied                                                        |
   *
   * A file that is refused is denied at once where it is so by what holds now: no other time makes it right. An immutable object
   * can't be repaired, so that it must have the key of a few seconds ago.
   * @throws Unavailable where the API server is to ask again; whatever `resolver` rejects with
   */
  return async (request: AdmissionRequest): Promise<AdmissionResponse> => {
    const reviewed = toReviewedRequest(request, rules, 'look');
    const answer = await answerRequest(reviewed, resolver.resolve, validate);
    if (answer.allowed) return answer;
    const now = await answerNow(reviewed, answer);
    if (now.allowed) return now;
    if (now.auditAnnotations.outcome !== 'change') return now;
    const held = resolver
      .earlier(request.namespace)
      .filter(({ kind }) => kind === 'assigned' || request.object.immutable !== true)
      .map((resolution) => answerUnder(resolution, reviewed, validate))
      .find(({ allowed }) => allowed);
    if (held !== undefined) return held;
    if (asked.get(request.uid) === undefined) {
      asked.put(request.uid, true);
      throw new Unavailable('the file is not as this replica wants it, which another one may know more of');
    }
    return now;
  };
}
