/**
 * What was known a moment ago: what another replica may still know, and what a write that is under way was judged by.
 */

export interface RecentPast<T> {
  /** Something stopped being known. */
  add(value: T): void;
  /** All that was known within the last seconds and is not any more, the latest first. */
  values(): readonly T[];
}

/** A replica that is further behind than that is a matter for the alerts. */
const keptMs = 10_000;
/** Of those that come faster, the first. */
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
