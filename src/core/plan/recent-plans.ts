/**
 * The last files that were found right, so that they need not be read once more for the same answer: a ConfigMap that was
 * repaired is asked about three times within milliseconds, by the validating webhook, by the watch, and by who repaired it.
 */
import type { Assignment } from '../assignment/resolve.ts';
import type { Plan, XmlFileRole } from '../clients/s3a/plan.ts';
import { buildRecent } from '../recent.ts';

export interface RecentPlans {
  /** `make`'s answer, or the same one given before for this text, role and assignment: the very object, not one like it. */
  plan(text: string, role: XmlFileRole, assignment: Assignment, make: () => Plan): Plan;
}

interface Known {
  readonly role: XmlFileRole;
  readonly assignment: Assignment;
  readonly plan: Plan;
}

/** 4 MB in the worst case, 200 kB usually. */
const bounds = { most: 32, longest: 65_536 };

export function buildRecentPlans(): RecentPlans {
  const recent = buildRecent<Known>(bounds);

  return {
    plan(text, role, assignment, make) {
      const known = recent.get(text);
      if (known?.role === role && known.assignment === assignment) return known.plan;
      const plan = make();
      // Any other plan carries the next text, and is seldom asked for twice.
      if (plan.kind === 'unchanged') recent.put(text, { role, assignment, plan });
      return plan;
    },
  };
}
