/**
 * How replicas tell the leader which updates they changed back: each one answers some of the reviews only.
 */
import type { RevertedCount } from '../core/contention.ts';

/** What each replica told last, with its own report included. */
export type ContentionReports = Iterable<readonly RevertedCount[]>;

/**
 * Replaces the report of this replica, and reads all reports. It writes nothing where `own` is empty and no report of this
 * replica is stored. A failure of the cluster is thrown; the next exchange may succeed.
 */
export type ExchangeReports = (own: readonly RevertedCount[], signal: AbortSignal) => Promise<ContentionReports>;
