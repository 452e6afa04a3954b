/**
 * Moments by which a process tells whether its time is up.
 */

/** A moment by two own clocks: the monotonic one may stand still while the machine is suspended, the other may be set. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export function instant(): Instant {
  return { monotonic: performance.now(), wall: Date.now() };
}

export function isBefore(a: Instant, b: Instant): boolean {
  return a.monotonic < b.monotonic && a.wall < b.wall;
}
