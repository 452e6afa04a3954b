/**
 * AWS policy documents, as far as they are written here, and how long AWS lets them be.
 */

type Values = string | readonly string[];

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Of policies on a resource; a role's own policy has none. */
  readonly Principal?: '*' | { readonly AWS: Values };
  readonly Action: Values;
  readonly Resource: Values;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

export type StatementCondition = NonNullable<Statement['Condition']>;

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Whose policy it is: a bucket's, a key's, that of the workload's role, or that of the operator's. */
export type PolicyKind = 'bucket' | 'key' | 'workload' | 'operator';

export interface Policy {
  readonly for: PolicyKind;
  /** The bucket, or the key's ARN; null for a role's. */
  readonly of: string | null;
  readonly document: PolicyDocument;
  /** What to know before it is used, each a sentence. */
  readonly notes: readonly string[];
}

/**
 * In bytes: of a bucket policy and of a key policy as they are sent, of a managed policy without white space.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html, …/kms/latest/developerguide/resource-limits.html,
 * …/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const mostBytes: Readonly<Record<PolicyKind, number>> = {
  bucket: 20_480,
  key: 32_768,
  workload: 6_144,
  operator: 6_144,
};

export function toDocument(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/** One value alone, as people write it. */
export function oneOrMany(values: readonly string[]): Values {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
