/**
 * The mutating webhook's decision: the plan's patch, or why there is none.
 */
import type { Assignment } from '../core/assignment/resolve.ts';
import type { ConfigObjectPlan } from '../core/plan/config-object.ts';
import { toNames } from '../core/shorten.ts';
import { refused, toWarning } from './denials.ts';
import { type AdmissionResponse, allowed, patched } from './responses.ts';

/**
 * | plan      | Enforce, Strict | Audit                                |
 * | --------- | --------------- | ------------------------------------ |
 * | unchanged | allowed         | allowed                              |
 * | change    | patched         | allowed, with what would change      |
 * | refused   | denied          | allowed, with why it would be denied |
 *
 * An update that changes no config file is never denied; it gets a warning instead. Warnings also name the user's own settings
 * that were cut, and what may get past ours. A plain injection gives no warning.
 */
export function mutate(plan: ConfigObjectPlan, assignment: Assignment, leavesFiles: boolean): AdmissionResponse {
  if (plan.kind === 'refused') return refused(plan.refusals, assignment, leavesFiles);
  const record = { outcome: plan.kind, assignments: [assignment] };
  const warnings = plan.notes.map(toWarning);
  if (plan.kind === 'unchanged') return allowed(record, warnings);
  if (assignment.enforcement !== 'Audit') return patched(record, plan.patch, warnings);
  const files = plan.files.filter((file) => file.plan.kind === 'change').map(({ dataKey }) => dataKey);
  const summary = `Audit only, else changed: ${toNames(files)} (KmsKeyAssignment/${assignment.name})`;
  return allowed(record, [summary, ...warnings]);
}
