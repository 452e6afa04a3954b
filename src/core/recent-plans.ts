/**
 * The last files that were found right, so that they need not be read once more for the same answer: a ConfigMap that was
 * repaired is asked about three times within milliseconds, by the validating webhook, by the watch, and by who repaired it.
 */
import type { Assignment } from './assignment.ts';
import type { FileRole, Plan } from './plan.ts';

export interface RecentPlans {
  /** `make`'s answer, or the same one given before for this text, role and assignment: the very object, not one like it. */
  plan(text: string, role: FileRole, assignment: Assignment, make: () => Plan): Plan;
}

/** Texts kept, and their length in UTF-16 code units: 4 MB in the worst case, 200 kB usually. */
const [most, longest] = [32, 65_536];

interface Known {
  readonly role: FileRole;
  readonly assignment: Assignment;
  readonly plan: Plan;
}

export function buildRecentPlans(): RecentPlans {
  /** By text, the one that was used last at the end. */
  const known = new Map<string, Known>();

  return {
    plan(text, role, assignment, make) {
      const found = known.get(text);
      if (found?.role === role && found.assignment === assignment) {
        known.delete(text);
        known.set(text, found);
        return found.plan;
      }
      const plan = make();
      // Any other plan carries the next text, and is seldom asked for twice.
      if (plan.kind !== 'unchanged' || text.length > longest) return plan;
      known.delete(text);
      known.set(text, { role, assignment, plan });
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      return plan;
    },
  };
}
