/**
 * Whether a key is in the Region of the buckets that have it by their own rule. S3 looks for a key in the bucket's Region alone.
 */
import { defaultKey, type KeyUse, toRegion } from './key-uses.ts';

/** Regions by bucket, as far as they are known. */
export type BucketRegions = ReadonlyMap<string, string>;

/** The buckets of a use that are elsewhere. The account's default key is there in each Region. */
export function elsewhere({ key, buckets }: KeyUse, regions: BucketRegions): readonly string[] {
  if (key === defaultKey) return [];
  const region = toRegion(key, '');
  return buckets.filter((bucket) => (regions.get(bucket) ?? region) !== region);
}
