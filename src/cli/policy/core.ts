/**
 * What `policy` uses of the core and of the custom resource, beyond what the other commands do.
 */
export { keyArnRules } from '../../api/aws-names.ts';
export { partitions } from '../../core/arn.ts';
export { mostBytes, type Policy, type PolicyKind } from '../../core/policy/document.ts';
export type { PolicyOptions } from '../../core/policy/plan.ts';
export { buildPolicies, excessBytes, type Policies } from '../../core/policy/policies.ts';
