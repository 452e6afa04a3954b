/**
 * Values that this replica knew a moment ago. Another replica may still have them, and a write under way may have been admitted
 * by them.
 */

export interface RecentPast<T> {
  /** Adds a value that was just replaced or deleted. */
  add(value: T): void;
  /** The values that were replaced or deleted within the last seconds, the latest first. */
  values(): readonly T[];
}

/** There is an alert for replicas that are further behind. */
const keptMs = 10_000;
/** Of values within this time only the first is kept. */
const apartMs = 100;

/** `now` counts milliseconds of a monotonic clock. */
export function buildRecentPast<T>(now = () => performance.now()): RecentPast<T> {
  let kept: { readonly at: number; readonly value: T }[] = [];

  function prune(): void {
    const since = now() - keptMs;
    kept = kept.filter(({ at }) => at >= since);
  }

  return {
    add(value) {
      prune();
      const last = kept.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
      if (now() - last >= apartMs) kept.push({ at: now(), value });
    },
    values() {
      prune();
      return kept.map(({ value }) => value).reverse();
    },
  };
}
