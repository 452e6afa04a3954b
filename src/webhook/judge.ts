/**
 * A request's way to its answer: exempt, else resolve its namespace, else plan and decide.
 */
import type { Assignment, Resolution } from '../core/assignment.ts';
import { type ConfigMapPlan, filesUnder, type HadoopFiles, isCarrier, planConfigMap } from '../core/config-map.ts';
import { conflicted } from './denials.ts';
import { exemptionOf, leavesFiles } from './exemptions.ts';
import { type Answer, allowed } from './responses.ts';
import type { AdmissionRequest } from './review.ts';

/** What tells the two webhooks apart. */
export type Decide = (plan: ConfigMapPlan, assignment: Assignment, leavesFiles: boolean) => Answer;

/** Which assignment a namespace has now. A rejection means that it can't be known, so that nothing can be decided. */
export type Resolve = (namespace: string) => Promise<Resolution>;

/** @throws whatever `resolve` rejects with. */
export async function judge(
  request: AdmissionRequest,
  files: HadoopFiles,
  resolve: Resolve,
  decide: Decide,
): Promise<Answer> {
  const exemption = exemptionOf(request, files);
  if (exemption !== undefined) return allowed({ outcome: exemption });
  const resolution = await resolve(request.namespace);
  if (resolution.kind === 'none') return allowed({ outcome: 'unassigned' });
  const assignments = resolution.kind === 'assigned' ? [resolution.assignment] : resolution.assignments;
  const counting = filesUnder(
    files,
    assignments.some(({ enforcement }) => enforcement === 'Strict'),
  );
  if (!isCarrier(request.object, counting)) return allowed({ outcome: 'notCarrier' });
  const leaves = leavesFiles(request, counting);
  if (resolution.kind === 'conflict') return conflicted(request.namespace, resolution.assignments, leaves);
  const { assignment } = resolution;
  return decide(planConfigMap(request.object, assignment, counting), assignment, leaves);
}
