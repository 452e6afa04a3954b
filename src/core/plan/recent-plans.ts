/**
 * The last files that were found right, so that they need not be read once more for the same answer: within milliseconds of its
 * repair a ConfigMap is asked about three times, by the validating webhook, by the watch, and by who repaired it. And the last
 * results, which are right, since a plan of its own result changes nothing.
 */
import type { Assignment } from '../assignment/resolve.ts';
import { buildRecent } from '../recent.ts';
import type { FileRole } from './config-files.ts';
import type { Plan, Purpose } from './plan.ts';

export interface Asked {
  readonly text: string;
  readonly role: FileRole;
  readonly assignment: Assignment;
  readonly purpose: Purpose;
}

export interface RecentPlans {
  /**
   * `make`'s answer, or the one that was given before for this text, role and assignment. Where nothing is to be written it has no
   * notes for a text that was a result: nobody asks for them then.
   */
  plan(asked: Asked, make: () => Plan): Plan;
}

interface Known extends Pick<Asked, 'role' | 'assignment'> {
  readonly plan: Plan;
}

/** 4 MB in the worst case, 200 kB usually. */
const found = { most: 32, longest: 65_536 };
/** Likewise: with many writes at once, many others come between a file's change and the question whether it is right. */
const made = { most: 128, longest: 16_384 };
const right: Plan = { kind: 'unchanged', notes: [], holdsBlock: true };

export function buildRecentPlans(): RecentPlans {
  const recent = buildRecent<Known>(found);
  const results = buildRecent<Known>(made);

  return {
    plan({ text, role, assignment, purpose }, make) {
      for (const kept of purpose === 'look' ? [recent, results] : [recent]) {
        const known = kept.get(text);
        if (known?.role === role && known.assignment === assignment) return known.plan;
      }
      const plan = make();
      if (plan.kind === 'unchanged') recent.put(text, { role, assignment, plan });
      if (plan.kind === 'change' && purpose === 'write') results.put(plan.result, { role, assignment, plan: right });
      return plan;
    },
  };
}
