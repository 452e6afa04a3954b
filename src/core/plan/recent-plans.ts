/**
 * The plans of the last compliant files, so that the same text isn't parsed again: within milliseconds of its repair the
 * validating webhook, the watch and the reconciler all plan the same ConfigMap. The last results of plans are kept as well:
 * they are compliant, since planning a result changes nothing. Those with something to note are planned anew.
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
   * Calls `make`, or returns its earlier plan for this text, role and assignment, or what it would return for the result of one.
   */
  plan(asked: Asked, make: () => Plan): Plan;
}

interface Known extends Pick<Asked, 'role' | 'assignment'> {
  readonly plan: Plan;
}

/** 4 MB in the worst case, 200 kB usually. */
const found = { most: 32, longest: 65_536 };
/** Bounded likewise, with room for more: among many writes at once, many other files come between the change of a file and its check. */
const made = { most: 128, longest: 16_384 };
const right: Plan = { kind: 'unchanged', notes: [], holdsBlock: true };

export function buildRecentPlans(): RecentPlans {
  const recent = buildRecent<Known>(found);
  const results = buildRecent<Known>(made);

  return {
    plan({ text, role, assignment, purpose }, make) {
      for (const kept of [recent, results]) {
        const known = kept.get(text);
        if (known?.role === role && known.assignment === assignment) return known.plan;
      }
      const plan = make();
      if (plan.kind === 'unchanged') recent.put(text, { role, assignment, plan });
      if (plan.kind === 'change' && purpose === 'write' && isPlain(plan)) {
        results.put(plan.result, { role, assignment, plan: right });
      }
      return plan;
    },
  };
}

/** Whether the plan for the result has nothing to say: what was overridden is gone from it, other notes would come again. */
function isPlain({ notes, leftAlone }: Plan & { readonly kind: 'change' }): boolean {
  return leftAlone === undefined && notes.every(({ kind }) => kind === 'overridden');
}
