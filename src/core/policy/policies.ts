/**
 * The policies that make an assignment binding in AWS.
 */
import type { Assignment } from '../assignment/resolve.ts';
import { utf8Length } from '../plan/size.ts';
import { toBucketPolicy } from './bucket-policy.ts';
import { mostBytes, type Policy, type PolicyKind } from './document.ts';
import { type PolicyOptions, planPolicies } from './plan.ts';
import { toKeyPolicy, toOperatorPolicy, toWorkloadPolicy } from './role-policies.ts';

export interface Policies {
  readonly policies: readonly Policy[];
  /** Buckets that were asked for and are left to the workload. */
  readonly unmanaged: readonly string[];
  readonly usesAccountDefault: boolean;
}

/**
 * The policies of the given kinds, in this order: buckets, keys, workload, operator. Empty policies are left out. Where
 * `options.buckets` names buckets, only theirs are built.
 */
export function buildPolicies(
  assignment: Assignment,
  options: PolicyOptions,
  kinds: ReadonlySet<PolicyKind>,
): Policies {
  const plan = planPolicies(assignment, options);
  const asked =
    options.buckets.length === 0 ? plan.buckets : plan.buckets.filter(({ name }) => options.buckets.includes(name));
  const all = [
    ...asked.map((bucket) => toBucketPolicy(bucket, plan)),
    ...plan.keys.filter(({ key }) => key.arn !== options.defaultKey).map((use) => toKeyPolicy(use, plan)),
    toWorkloadPolicy(plan),
    toOperatorPolicy(plan),
  ];
  const policies = all.filter((policy) => kinds.has(policy.for) && policy.document.Statement.length > 0);
  return { policies, unmanaged: plan.unmanaged, usesAccountDefault: plan.usesAccountDefault };
}

/** How many bytes more than AWS takes; 0 or less where it fits. */
export function excessBytes(policy: Policy): number {
  return utf8Length(JSON.stringify(policy.document)) - mostBytes[policy.for];
}
