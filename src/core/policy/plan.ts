/**
 * What an assignment asks of AWS, bucket by bucket and key by key; the policies are written from it.
 */

import { type KeyArn, parseKeyArn } from '../arn.ts';
import type { Algorithm, Assignment, Key } from '../assignment/resolve.ts';

export interface PolicyOptions {
  /** Buckets that workloads of this assignment write to, beside those that it names itself. */
  readonly buckets: readonly string[];
  /** ARNs of keys that renames and readers of old objects still need. */
  readonly previousKeys: readonly string[];
  /** The algorithm that objects were written with before, where it was another one. */
  readonly previousAlgorithms: readonly Algorithm[];
  /** The AWS principals of the workloads; empty: everyone whom the key's account allows. */
  readonly principals: readonly string[];
  /** The ARN of aws/s3, for an assignment with the account's default key. */
  readonly defaultKey: string | null;
  /** The partition, for an assignment that names no key ARN. */
  readonly partition: string;
  /** Deny also the requests that say nothing about encryption, which the bucket's default encryption would cover. */
  readonly requireHeaders: boolean;
  /** Let the key be used for writing only with the assignment's encryption context. */
  readonly requireContext: boolean;
}

/** A bucket with the keys that objects may have. */
export interface BucketKeys {
  readonly name: string;
  readonly partition: string;
  /** Null: the account's default key, whose ARN isn't known. */
  readonly key: KeyArn | null;
  /** Those of the bucket's Region: S3 uses no other. */
  readonly previous: readonly KeyArn[];
  readonly context: Readonly<Record<string, string>> | null;
}

/** A key with the buckets whose objects it may encrypt; none where that isn't known. */
export interface KeyUse {
  readonly key: KeyArn;
  readonly buckets: readonly string[];
  /** The key is needed only for objects that were written before. */
  readonly previous: boolean;
  readonly context: Readonly<Record<string, string>> | null;
}

export interface PolicyPlan {
  readonly algorithm: Algorithm;
  readonly options: PolicyOptions;
  readonly buckets: readonly BucketKeys[];
  readonly keys: readonly KeyUse[];
  /** Named on the command line, and left to the workload by the assignment. */
  readonly unmanaged: readonly string[];
  /** Some bucket has the account's default key, of which AWS alone writes the key policy. */
  readonly usesAccountDefault: boolean;
}

/** Collects the buckets and keys that the policies of an assignment are about. */
export function planPolicies(assignment: Assignment, options: PolicyOptions): PolicyPlan {
  const { algorithm, encryptionContext = null } = assignment;
  const rules = new Map(assignment.buckets.map((rule) => [rule.name, rule]));
  const names = [...new Set([...options.buckets, ...assignment.buckets.map(({ name }) => name)])];
  const previous = options.previousKeys.map(parseKeyArn);
  const unmanaged = names.filter((name) => 'unmanaged' in (rules.get(name) ?? {}));
  const toBucket = (name: string): BucketKeys => {
    const rule = rules.get(name);
    const own = rule !== undefined && 'key' in rule ? rule : null;
    const key = toKeyArn(own?.key ?? assignment.key, options);
    const context = own?.encryptionContext ?? encryptionContext;
    const partition = key?.partition ?? options.partition;
    return { name, partition, key, previous: previous.filter((one) => isOfRegion(one, key)), context };
  };
  const buckets = names.filter((name) => !unmanaged.includes(name)).map(toBucket);
  const main = toKeyArn(assignment.key, options);
  const uses = buckets.flatMap(({ name, key, previous: former, context }) => [
    ...(key === null ? [] : [{ key, bucket: name, previous: false, context }]),
    ...former.map((one) => ({ key: one, bucket: name, previous: true, context: null })),
  ]);
  const loose = [
    ...(main === null ? [] : [{ key: main, bucket: null, previous: false, context: encryptionContext }]),
    ...previous.map((one) => ({ key: one, bucket: null, previous: true, context: null })),
  ];
  const all = [assignment.key, ...assignment.buckets.flatMap((rule) => ('key' in rule ? [rule.key] : []))];
  return {
    algorithm,
    options,
    buckets,
    keys: groupByKey([...loose, ...uses]),
    unmanaged: options.buckets.filter((name) => unmanaged.includes(name)),
    usesAccountDefault: all.some((key) => !('arn' in key)),
  };
}

function toKeyArn(key: Key, { defaultKey }: PolicyOptions): KeyArn | null {
  const arn = 'arn' in key ? key.arn : defaultKey;
  return arn === null ? null : parseKeyArn(arn);
}

/** A bucket's objects are encrypted with keys of its own Region, which is that of its key. */
function isOfRegion(one: KeyArn, key: KeyArn | null): boolean {
  return key === null || (one.arn !== key.arn && one.region === key.region && one.partition === key.partition);
}

type Use = Pick<KeyUse, 'key' | 'previous' | 'context'> & { readonly bucket: string | null };

/** One for each key; where buckets have different contexts, none can be required. */
function groupByKey(uses: readonly Use[]): KeyUse[] {
  const groups = new Map<string, Use[]>();
  for (const use of uses) groups.set(use.key.arn, [...(groups.get(use.key.arn) ?? []), use]);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const buckets = group.flatMap(({ bucket }) => (bucket === null ? [] : [bucket]));
    const texts = new Set(group.filter(({ previous }) => !previous).map(({ context }) => JSON.stringify(context)));
    const current = group.filter(({ previous }) => !previous);
    const context = texts.size === 1 ? (current[0]?.context ?? null) : null;
    return [{ key: first.key, buckets, previous: current.length === 0, context }];
  });
}
