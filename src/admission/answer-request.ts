/**
 * A request's way to its answer: exempt, else resolve its namespace, else plan and decide.
 */

import type { Assignment, Resolution } from '../core/assignment/resolve.ts';
import {
  type ConfigObjectPlan,
  type FileRules,
  filesUnder,
  holdsConfigFiles,
  planConfigObject,
} from '../core/plan/config-object.ts';
import { buildRecent } from '../core/recent.ts';
import { Unavailable } from '../core/unavailable.ts';
import type { AssignmentResolver, Resolve } from '../ports/assignment-resolver.ts';
import { conflicted } from './denials.ts';
import { exemptionOf, leavesFiles } from './exemptions.ts';
import { type Answer, allowed } from './responses.ts';
import type { AdmissionRequest } from './review.ts';

/** What tells the two webhooks apart. */
export type Decide = (plan: ConfigObjectPlan, assignment: Assignment, leavesFiles: boolean) => Answer;

/** @throws whatever `resolve` rejects with. */
export async function answerRequest(
  request: AdmissionRequest,
  files: FileRules,
  resolve: Resolve,
  decide: Decide,
): Promise<Answer> {
  const exemption = exemptionOf(request, files);
  if (exemption !== undefined) return allowed({ outcome: exemption });
  return answerUnder(await resolve(request.namespace), request, files, decide);
}

/** API servers repeat a call within seconds; of older ones nothing need be known. */
export const rememberedUids = { most: 1000, longest: 128 };

/**
 * How to find out what holds for a request. What becomes immutable keeps for good what it gets now, so that what holds for it is
 * read live. Where that fails, the API server is to ask again; where it fails again, what is known has to do.
 */
export function buildResolveFor({ resolve, resolveNow }: AssignmentResolver): (request: AdmissionRequest) => Resolve {
  const asked = buildRecent<true>(rememberedUids);
  return ({ uid, object }) => {
    if (object.immutable !== true) return resolve;
    return async (namespace) => {
      try {
        return await resolveNow(namespace);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        if (asked.get(uid) !== undefined) return resolve(namespace);
        asked.put(uid, true);
        throw error;
      }
    };
  };
}

/** The answer to a request that is not exempt, where this holds. */
export function answerUnder(
  resolution: Resolution,
  request: AdmissionRequest,
  files: FileRules,
  decide: Decide,
): Answer {
  if (resolution.kind === 'none') return allowed({ outcome: 'unassigned' });
  const assignments = resolution.kind === 'assigned' ? [resolution.assignment] : resolution.assignments;
  const counting = filesUnder(
    files,
    assignments.some(({ enforcement }) => enforcement === 'Strict'),
  );
  if (!holdsConfigFiles(request.object, counting)) return allowed({ outcome: 'noConfigFile' });
  const leaves = leavesFiles(request, counting);
  if (resolution.kind === 'conflict') return conflicted(request.namespace, resolution.assignments, leaves);
  const { assignment } = resolution;
  return decide(planConfigObject(request.object, assignment, counting), assignment, leaves);
}
