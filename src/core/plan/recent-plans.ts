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
 * 6 MB in the worst case, 500 kB usually. So many, since among many writes at once many other files come between the change of a
 * file and its check.
 */
const limits = { texts: 128, longest: 500_000, together: 3_000_000 };
const right: Plan = { kind: 'unchanged', notes: [], holdsBlock: true };

export function buildRecentPlans(): RecentPlans {
  /** The one that was used last is last. Two texts differ in length or soon, so comparing with all costs less than hashing one. */
  const known: Known[] = [];
  let together = 0;

  function remove({ text, role, assignment }: Pick<Asked, 'text' | 'role' | 'assignment'>): Known | undefined {
    const at = known.findLastIndex((one) => one.assignment === assignment && one.role === role && one.text === text);
    const [found] = at < 0 ? [] : known.splice(at, 1);
    together -= found?.text.length ?? 0;
    return found;
  }

  /** Keeps it as the one that was used last. */
  function keep(one: Known): void {
    if (one.text.length > limits.longest) return;
    known.push(one);
    together += one.text.length;
    while (known.length > limits.texts || together > limits.together) together -= known.shift()?.text.length ?? 0;
  }

  return {
    plan(asked, make) {
      const { role, assignment, purpose } = asked;
      const found = remove(asked);
      if (found !== undefined) {
        keep(found);
        return found.plan;
      }
      const plan = make();
      if (plan.kind === 'unchanged') keep({ text: asked.text, role, assignment, plan });
      if (plan.kind === 'change' && purpose === 'write' && isPlain(plan)) {
        const result = { text: plan.result, role, assignment, plan: right };
        keep(remove(result) ?? result);
      }
      return plan;
    },
  };
}

/** Whether the plan for the result has nothing to say: what was overridden is gone from it, other notes would come again. */
function isPlain({ notes, leftAlone }: Plan & { readonly kind: 'change' }): boolean {
  return leftAlone === undefined && notes.every(({ kind }) => kind === 'overridden');
}
