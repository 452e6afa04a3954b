/**
 * Token buckets: so many at once after a time of silence, so many a second in the long run; one for all, one for each.
 */

export interface Rate {
  /** In the long run. */
  readonly perSecond: number;
  /** At once, after a time of silence. */
  readonly burst: number;
}

/** Takes one for a key, where its own rate and that of all allow it. `now` gives milliseconds of the monotonic clock. */
export function buildAllowance(all: Rate, each: Rate, now: () => number): (key: string) => boolean {
  const whole = buildBucket(all, now);
  const buckets = new Map<string, Bucket>();
  return (key) => {
    // A full one says no more than none: only those who took some lately are remembered.
    for (const [known, bucket] of buckets) if (bucket.left() >= each.burst) buckets.delete(known);
    const own = buckets.get(key) ?? buildBucket(each, now);
    if (own.left() < 1 || whole.left() < 1) return false;
    own.take();
    whole.take();
    buckets.set(key, own);
    return true;
  };
}

interface Bucket {
  left(): number;
  take(): void;
}

function buildBucket({ perSecond, burst }: Rate, now: () => number): Bucket {
  let tokens = burst;
  let filledAt = now();
  return {
    left() {
      const askedAt = now();
      tokens = Math.min(burst, tokens + ((askedAt - filledAt) / 1000) * perSecond);
      filledAt = askedAt;
      return tokens;
    },
    take() {
      tokens -= 1;
    },
  };
}
