/**
 * The plans of the last compliant files, so that the same text isn't parsed again: within milliseconds of its repair the
 * validating webhook, the watch and the reconciler all plan the same ConfigMap. The last results of plans are kept as well:
 * they are compliant, since planning a result changes nothing. Those with something to note are planned anew.
 */
import type { Assignment } from '../assignment/resolve.ts';
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

interface Known extends Pick<Asked, 'text' | 'role' | 'assignment'> {
  readonly plan: Plan;
}

/**
 * 4 MB in the worst case, 300 kB usually. So many, since among many writes at once many other files come between the change of a
 * file and its check.
 */
const limits = { texts: 64, longest: 65_536, together: 2_000_000 };
const right: Plan = { kind: 'unchanged', notes: [], holdsBlock: true };

export function buildRecentPlans(): RecentPlans {
  /** The one that was used last is last. Two texts differ in length or soon, so comparing with all costs less than hashing one. */
  const known: Known[] = [];
  let together = 0;

  function keep(one: Known): void {
    if (one.text.length > limits.longest) return;
    known.push(one);
    together += one.text.length;
    while (known.length > limits.texts || together > limits.together) together -= known.shift()?.text.length ?? 0;
  }

  return {
    plan({ text, role, assignment, purpose }, make) {
      const at = known.findLastIndex((one) => one.text === text && one.role === role && one.assignment === assignment);
      const [found] = at < 0 ? [] : known.splice(at, 1);
      if (found !== undefined) {
        known.push(found);
        return found.plan;
      }
      const plan = make();
      if (plan.kind === 'unchanged') keep({ text, role, assignment, plan });
      if (plan.kind === 'change' && purpose === 'write' && isPlain(plan)) {
        keep({ text: plan.result, role, assignment, plan: right });
      }
      return plan;
    },
  };
}

/** Whether the plan for the result has nothing to say: what was overridden is gone from it, other notes would come again. */
function isPlain({ notes, leftAlone }: Plan & { readonly kind: 'change' }): boolean {
  return leftAlone === undefined && notes.every(({ kind }) => kind === 'overridden');
}
