/**
 * What admission asks of whoever knows the assignments.
 */
import type { Resolution } from '../core/assignment/resolve.ts';

/** Which assignment a namespace has now. A rejection means that it can't be known, so that nothing can be decided. */
export type Resolve = (namespace: string) => Promise<Resolution>;

export interface AssignmentResolver {
  /**
   * By what is known here. A namespace that isn't known yet is read live, once: it and its first ConfigMap are often created
   * milliseconds apart.
   * @throws Unavailable before everything is listed, and where the live read fails or too many of them wait already
   */
  readonly resolve: Resolve;
  /** As `resolve`, by a read that began after the question; for what can't be repaired afterwards. Throws likewise. */
  readonly resolveNow: Resolve;
  /** What held a few seconds ago, by what this replica knew then, and does no more; the latest first. */
  readonly earlier: (namespace: string) => readonly Resolution[];
}
