/**
 * Where buckets are that have keys of their own, by what S3 says.
 */
import type { BucketRegions } from '../core/kms/bucket-regions.ts';
import type { KeyDescriber } from '../ports/key-describer.ts';

export interface BucketFinder {
  /** The Regions of the buckets that S3 knows. */
  readonly regions: BucketRegions;
  /** Asks about those of a key's buckets that aren't known to be in its Region. */
  find(s3: Pick<KeyDescriber, 'findBucket'>, buckets: Iterable<string>, keyRegion: string): Promise<void>;
  forget(buckets: Iterable<string>): void;
}

export interface BucketFinderOptions {
  /** How long a Region whose S3 gave no answer isn't asked again. */
  readonly intervalMs: number;
  readonly clock: () => Date;
  readonly givingUp: AbortSignal;
}

export function buildBucketFinder({ intervalMs, clock, givingUp }: BucketFinderOptions): BucketFinder {
  const regions = new Map<string, string>();
  /** When a Region is asked again: milliseconds since 1970. */
  const askAt = new Map<string, number>();

  return {
    regions,
    async find({ findBucket }, buckets, keyRegion) {
      if (clock().getTime() < (askAt.get(keyRegion) ?? 0)) return;
      for (const bucket of buckets) {
        if (regions.get(bucket) === keyRegion) continue;
        const found = await findBucket(bucket, keyRegion, givingUp);
        if (found.kind === 'none') {
          // The others would cost their time limits, too.
          askAt.set(keyRegion, clock().getTime() + intervalMs);
          return;
        }
        if (found.region === undefined) regions.delete(bucket);
        else regions.set(bucket, found.region);
      }
    },
    forget(buckets) {
      for (const bucket of buckets) regions.delete(bucket);
    },
  };
}
