/**
 * Whether a candidate may take the Lease now, by when it last saw it change: pure, and no two clocks are ever compared.
 */

export interface LeaseRecord {
  /** Empty where nobody holds it. */
  readonly holder: string;
  /** Whole seconds: a fraction would be cut off by API servers (Reloader#1206). */
  readonly durationSeconds: number;
  /** Milliseconds since 1970, for those who look: nobody counts by them. */
  readonly acquiredAt: number;
  readonly renewedAt: number;
  readonly transitions: number;
}

export interface StoredLease {
  readonly version: string;
  readonly record: LeaseRecord;
}

/** A Lease as it was seen, and when its last change was: milliseconds of the own monotonic clock. */
export interface Sighting<S extends StoredLease = StoredLease> {
  readonly stored: S | undefined;
  readonly since: number;
  /** What the Lease said before it was deleted. */
  readonly lastRecord: LeaseRecord | undefined;
}

/** A released Lease has no holder and this duration, so that it isn't taken for one that somebody emptied by hand. */
export const releasedSeconds = 1;
/** Where somebody wrote nonsense into the Lease. */
const longestSeconds = 3600;

/**
 * Milliseconds until a candidate may take the Lease; 0 is now.
 *
 * | the Lease                                               | may be taken                                        |
 * |---------------------------------------------------------|-----------------------------------------------------|
 * | not there, and never seen                               | now                                                 |
 * | released by its holder                                  | now                                                 |
 * | held, emptied by hand, or deleted after it was seen     | once it hasn't changed for as long as it said it is |
 */
export function due({ stored, since, lastRecord }: Sighting, ownSeconds: number, now: number): number {
  const record = stored?.record ?? lastRecord;
  if (record === undefined) return 0;
  const released = record.holder === '' && record.durationSeconds === releasedSeconds;
  if (stored !== undefined && released) return 0;
  const seconds = record.durationSeconds > 0 && !released ? record.durationSeconds : ownSeconds;
  return Math.max(0, since + Math.min(seconds, longestSeconds) * 1000 - now);
}

/** The sighting after one more look: the time stays where nothing changed. */
export function look<S extends StoredLease>(
  before: Sighting<S> | undefined,
  stored: S | undefined,
  now: number,
): Sighting<S> {
  if (before !== undefined && before.stored?.version === stored?.version) return before;
  return { stored, since: now, lastRecord: stored?.record ?? before?.stored?.record ?? before?.lastRecord };
}
