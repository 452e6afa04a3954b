/**
 * Token buckets: one for all keys together, and one for each key.
 */

export interface Rate {
  /** In the long run. */
  readonly perSecond: number;
  /** At once, after a time of silence. */
  readonly burst: number;
}

/** The returned function takes one token for a key, and returns false where a bucket is empty. `now` gives milliseconds of the monotonic clock. */
export function buildAllowance(all: Rate, each: Rate, now: () => number): (key: string) => boolean {
  const whole = buildBucket(all, now);
  const buckets = new Map<string, Bucket>();
  return (key) => {
    // A full bucket is the same as none, so only buckets that were used lately are kept.
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
