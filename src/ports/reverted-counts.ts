/**
 * How replicas share their counts of reverted updates with the leader: each replica answers only some of the reviews.
 */
import type { RevertedCount } from '../core/contention.ts';

/**
 * Replaces the counts of this replica, and returns those of all replicas, its own included. Writes nothing where `own` is
 * empty and no counts of this replica are stored. A failure of the cluster is thrown; the next exchange may succeed.
 */
export type ExchangeCounts = (
  own: readonly RevertedCount[],
  signal: AbortSignal,
) => Promise<readonly (readonly RevertedCount[])[]>;
