/**
 * The validating webhook's decision. It sees the final object, after every mutating webhook.
 */
import type { Assignment } from '../core/assignment/resolve.ts';
import type { ConfigObjectPlan } from '../core/plan/config-object.ts';
import { notInjected, refused } from './denials.ts';
import { type AdmissionResponse, allowed } from './responses.ts';

/** Denies everything but an unchanged plan, except under Audit. It gives no warnings for notes: the mutating webhook has given them. */
export function validate(plan: ConfigObjectPlan, assignment: Assignment, leavesFiles: boolean): AdmissionResponse {
  if (plan.kind === 'refused') return refused(plan.refusals, assignment, leavesFiles);
  if (plan.kind === 'unchanged' || assignment.enforcement === 'Audit') {
    return allowed({ outcome: plan.kind, assignments: [assignment] });
  }
  const files = plan.files.filter((file) => file.plan.kind === 'change').map(({ dataKey }) => dataKey);
  return notInjected(files, plan.notes, assignment, leavesFiles);
}
