/**
 * The steps from a request to its answer: check for an exemption, resolve the namespace, plan the files, decide.
 */

import type { Assignment, Resolution } from '../core/assignment/resolve.ts';
import { ConfigFiles, type ConfigObjectPlan, type FileRules, planConfigFiles } from '../core/plan/config-object.ts';
import type { Purpose } from '../core/plan/plan.ts';
import { buildRecent } from '../core/recent.ts';
import { Unavailable } from '../core/unavailable.ts';
import type { AssignmentResolver, Resolve } from '../ports/assignment-resolver.ts';
import { conflicted } from './denials.ts';
import { type AdmissionResponse, allowed, type Exemption } from './responses.ts';
import type { AdmissionRequest } from './review.ts';

/** The decision about a plan, which differs between the two webhooks (mutate.ts, validate.ts). */
export type Decide = (
  plan: ConfigObjectPlan,
  assignment: Assignment,
  leavesFiles: boolean,
  request: AdmissionRequest,
) => AdmissionResponse;

/** A request, with the config files of its object and of the object that it replaces. They are searched for once. */
export interface ReviewedRequest {
  readonly request: AdmissionRequest;
  readonly files: ConfigFiles;
  /** Undefined at CREATE. */
  readonly oldFiles: ConfigFiles | undefined;
  readonly purpose: Purpose;
}

/** Searches the request for config files. */
export function toReviewedRequest(request: AdmissionRequest, rules: FileRules, purpose: Purpose): ReviewedRequest {
  const oldFiles = request.operation === 'UPDATE' ? new ConfigFiles(request.oldObject, rules) : undefined;
  return { request, files: new ConfigFiles(request.object, rules), oldFiles, purpose };
}

/** @throws whatever `resolve` rejects with. */
export async function answerRequest(
  reviewed: ReviewedRequest,
  resolve: Resolve,
  decide: Decide,
): Promise<AdmissionResponse> {
  const exemption = exemptionOf(reviewed);
  if (exemption !== undefined) return allowed({ outcome: exemption });
  return answerUnder(await resolve(reviewed.request.namespace), reviewed, decide);
}

/**
 * Why both webhooks allow a request without a plan, whatever the namespace's assignment is. The API server refuses a change
 * of an immutable object's data with 422, so an edit of ours would make a harmless update of a label fail.
 */
export function exemptionOf({ request, files }: ReviewedRequest): Exemption | undefined {
  if (request.operation === 'UPDATE' && request.oldObject.immutable === true) return 'immutable';
  return files.some(true) ? undefined : 'noConfigFile';
}

/** How many request uids are remembered: API servers repeat a call within seconds, so only the last ones matter. */
export const rememberedUids = { most: 1000, longest: 128 };

/**
 * Chooses how the assignment for a request is resolved. An object that becomes immutable keeps its key for good, so its
 * assignment is read live. If that read fails, the answer is 503 and the API server repeats the call. If it fails again, the
 * assignment that this replica knows applies.
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

/** The answer to a request that is not exempt, under the given resolution of its namespace. */
export function answerUnder(
  resolution: Resolution,
  { request, files, oldFiles, purpose }: ReviewedRequest,
  decide: Decide,
): AdmissionResponse {
  if (resolution.kind === 'none') return allowed({ outcome: 'unassigned' });
  const assignments = resolution.kind === 'assigned' ? [resolution.assignment] : resolution.assignments;
  const strict = assignments.some(({ enforcement }) => enforcement === 'Strict');
  if (!files.some(strict)) return allowed({ outcome: 'noConfigFile' });
  // For example an update of a label. It makes nothing worse, even if something is wrong with the files.
  const leavesFiles = oldFiles?.same(files, strict) === true;
  if (resolution.kind === 'conflict') return conflicted(request.namespace, resolution.assignments, leavesFiles);
  const { assignment } = resolution;
  return decide(planConfigFiles(files, assignment, purpose), assignment, leavesFiles, request);
}
