/**
 * Which KMS key a namespace has: the assignments as the rest of the core sees them, and the precedence among them.
 */

/** DSSE-KMS is known to Hadoop 3.4.1 and later only. */
export type Algorithm = 'SSE-KMS' | 'DSSE-KMS';

/** A KMS key's ARN, or the account's default KMS key (Hadoop's "key unset"). */
export type Key = { readonly arn: string } | { readonly accountDefault: true };

/** What one bucket gets instead of the assignment's key; `unmanaged` leaves the workload's own settings alone. */
export type BucketRule =
  | { readonly name: string; readonly key: Key }
  | { readonly name: string; readonly unmanaged: true };

/** Audit changes nothing and reports; Strict also refuses what can't be proven. */
export type Enforcement = 'Audit' | 'Enforce' | 'Strict';

/** A `metav1.LabelSelector`. An empty one (`{}`) selects everything: the cluster's default. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** A validated KmsKeyAssignment, free of Kubernetes' envelope. */
export interface Assignment {
  readonly name: string;
  readonly target: { readonly namespaces: readonly string[] } | { readonly namespaceSelector: LabelSelector };
  readonly algorithm: Algorithm;
  readonly key: Key;
  readonly buckets: readonly BucketRule[];
  readonly enforcement: Enforcement;
}

export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Resolution =
  | { readonly kind: 'assigned'; readonly assignment: Assignment }
  | { readonly kind: 'none' }
  /** Two or more of the highest rank want different things; sorted by name. Neither applies. */
  | { readonly kind: 'conflict'; readonly assignments: readonly Assignment[] };
