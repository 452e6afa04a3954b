/**
 * A request's way to its answer: exempt, else resolve its namespace, else plan and decide.
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

/** What tells the two webhooks apart. */
export type Decide = (plan: ConfigObjectPlan, assignment: Assignment, leavesFiles: boolean) => AdmissionResponse;

/** A request, and the config files in its object and in the one that it replaces, looked for once. */
export interface ReviewedRequest {
  readonly request: AdmissionRequest;
  readonly files: ConfigFiles;
  /** Undefined at CREATE. */
  readonly oldFiles: ConfigFiles | undefined;
  readonly purpose: Purpose;
}

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
 * Why neither webhook looks at a request, whatever the namespace's assignment says. A change of an immutable object's data is
 * refused by the API server itself, with 422: an edit of ours would make an innocent update of a label fail.
 */
export function exemptionOf({ request, files }: ReviewedRequest): Exemption | undefined {
  if (request.operation === 'UPDATE' && request.oldObject.immutable === true) return 'immutable';
  return files.some(true) ? undefined : 'noConfigFile';
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
  { request, files, oldFiles, purpose }: ReviewedRequest,
  decide: Decide,
): AdmissionResponse {
  if (resolution.kind === 'none') return allowed({ outcome: 'unassigned' });
  const assignments = resolution.kind === 'assigned' ? [resolution.assignment] : resolution.assignments;
  const strict = assignments.some(({ enforcement }) => enforcement === 'Strict');
  if (!files.some(strict)) return allowed({ outcome: 'noConfigFile' });
  // For example an update of a label: whatever is the matter with the files, it makes nothing worse.
  const leavesFiles = oldFiles?.same(files, strict) === true;
  if (resolution.kind === 'conflict') return conflicted(request.namespace, resolution.assignments, leavesFiles);
  const { assignment } = resolution;
  return decide(planConfigFiles(files, assignment, purpose), assignment, leavesFiles);
}
