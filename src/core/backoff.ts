/**
 * How long to wait before the next try: exponential, with jitter, so that many waiters don't all try again at once.
 */

/** Bounds of a wait, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after the `failures`-th failure in a row (counted from 1): doubled each time up to `maxMs`,
 * then spread over its upper half by `random`, a number in [0, 1).
 */
export function backoffDelay(failures: number, { firstMs, maxMs }: Backoff, random: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
  return full / 2 + (full / 2) * random;
}
