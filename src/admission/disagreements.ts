/**
 * The final answer of the validating webhook. A request that it would deny has passed a mutating webhook of ours, on a replica
 * that may know other assignments, and perhaps another webhook after it. So before a denial this replica makes sure that its
 * own knowledge isn't the one that is out of date.
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

/** Validates the object as it would be stored. Remembers which requests were answered 503 already. */
export function buildFinalAnswer(rules: FileRules, resolver: AssignmentResolver) {
  /** The answer under the assignment as it is read live; `known` where it can't be read. */
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
   * | the object is compliant under                   | answer                                                        |
   * | ----------------------------------------------- | ------------------------------------------------------------- |
   * | the assignment that this replica knows          | allowed                                                       |
   * | the assignment as it is now, read live          | allowed: another replica knew of it before this one           |
   * | the assignment of a few seconds ago             | allowed, as if it came before; the reconciler then repairs it |
   * | none of these, and this is the first call       | 503: the API server repeats the call, perhaps to a replica    |
   * |                                                 | that knows more                                               |
   * | none of these, and this is a repeated call      | denied                                                        |
   *
   * A file that is refused under the present assignment is denied at once: another moment would not change that. An immutable
   * object can't be repaired later, so it is allowed only with the key of an assignment that applied a few seconds ago.
   * @throws Unavailable where the API server is to ask again; whatever `resolver` rejects with
   */
  return async (request: AdmissionRequest): Promise<AdmissionResponse> => {
    const reviewed = toReviewedRequest(request, rules, 'assess');
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
