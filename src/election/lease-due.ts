/**
 * Whether a candidate may take the Lease now, decided by the time when it last saw the Lease change. Pure; clocks of different
 * processes are never compared.
 */

import type { LeaseRecord, StoredLease } from '../ports/lease-store.ts';

/** A Lease as it was last read, and when this process saw its last change: milliseconds of its monotonic clock. */
export interface ObservedLease<S extends StoredLease = StoredLease> {
  readonly stored: S | undefined;
  readonly since: number;
  /** What the Lease said before it was deleted. */
  readonly lastRecord: LeaseRecord | undefined;
}

/** A released Lease has no holder and this duration, to tell it from one that was emptied by hand. */
export const releasedSeconds = 1;
/** Upper limit, in case the Lease was edited to a senseless duration. */
const longestSeconds = 3600;

/**
 * Milliseconds until a candidate may take the Lease; 0 is now.
 *
 * | the Lease                                               | may be taken                                        |
 * |---------------------------------------------------------|-----------------------------------------------------|
 * | not there, and never seen                               | now                                                 |
 * | released by its holder                                  | now                                                 |
 * | held, emptied by hand, or deleted after it was seen     | once it hasn't changed for its own lease duration   |
 */
export function due({ stored, since, lastRecord }: ObservedLease, ownSeconds: number, now: number): number {
  const record = stored?.record ?? lastRecord;
  if (record === undefined) return 0;
  const released = record.holder === '' && record.durationSeconds === releasedSeconds;
  if (stored !== undefined && released) return 0;
  const seconds = record.durationSeconds > 0 && !released ? record.durationSeconds : ownSeconds;
  return Math.max(0, since + Math.min(seconds, longestSeconds) * 1000 - now);
}

/** The observed Lease after one more read; `since` stays where nothing changed. */
export function observe<S extends StoredLease>(
  before: ObservedLease<S> | undefined,
  stored: S | undefined,
  now: number,
): ObservedLease<S> {
  if (before !== undefined && before.stored?.version === stored?.version) return before;
  return { stored, since: now, lastRecord: stored?.record ?? before?.stored?.record ?? before?.lastRecord };
}
