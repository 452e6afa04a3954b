/**
 * How admission learns the assignment of a namespace.
 */
import type { Resolution } from '../core/assignment/resolve.ts';

/** Which assignment a namespace has now. Rejects where it can't be known; then nothing can be decided. */
export type Resolve = (namespace: string) => Promise<Resolution>;

export interface AssignmentResolver {
  /**
   * Resolves from this replica's caches. A namespace that isn't cached yet is read live, once: a namespace and its first
   * ConfigMap are often created milliseconds apart.
   * @throws Unavailable before everything is listed, and where the live read fails or too many live reads wait already
   */
  readonly resolve: Resolve;
  /** As `resolve`, with assignments that are read live after the call; for objects that can't be repaired later. Throws likewise. */
  readonly resolveNow: Resolve;
  /** The resolutions of the last few seconds that apply no more, as this replica knew them; the latest first. */
  readonly earlier: (namespace: string) => readonly Resolution[];
}
