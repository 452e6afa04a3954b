/**
 * Which keys an assignment names, and for what.
 */
import { parseKeyArn } from '../arn.ts';
import type { Assignment, Key } from '../assignment/resolve.ts';

/** The account's default key, as KMS is asked for it: each Region has its own. */
export const defaultKey = 'alias/aws/s3';

export interface KeyUse {
  /** An ARN, or `defaultKey`. */
  readonly key: string;
  /** The buckets that have it by their own rule; none where it is the assignment's key alone. */
  readonly buckets: readonly string[];
}

/** The assignment's own key first, then those of buckets; each key once. */
export function toKeyUses({ key, buckets }: Pick<Assignment, 'key' | 'buckets'>): readonly KeyUse[] {
  const uses = new Map<string, string[]>([[toId(key), []]]);
  for (const rule of buckets) {
    if (!('key' in rule)) continue;
    const id = toId(rule.key);
    uses.set(id, [...(uses.get(id) ?? []), rule.name]);
  }
  return [...uses].map(([id, names]) => ({ key: id, buckets: names }));
}

/** Where KMS is asked about a key. The account's default key is there in each Region, so it is asked for in the given one. */
export function toRegion(key: string, ownRegion: string): string {
  return key === defaultKey ? ownRegion : parseKeyArn(key).region;
}

function toId(key: Key): string {
  return 'arn' in key ? key.arn : defaultKey;
}
