/**
 * What a role may do: the workload's policy, the statements that a key's policy needs for it, and the operator's policy.
 */
import { type KeyArn, toBucketArn, toS3Service } from '../arn.ts';
import { oneOrMany, type Policy, type Statement, type StatementCondition, toDocument } from './document.ts';
import type { KeyUse, PolicyPlan } from './plan.ts';

/** Statements for the policy of one key, beside those that let its administrators in. */
export function toKeyPolicy(use: KeyUse, { options }: PolicyPlan): Policy {
  const { key } = use;
  const principals = options.principals.length > 0 ? options.principals : [toRoot(key)];
  const allow = (statement: Omit<Statement, 'Effect' | 'Principal' | 'Resource'>): Statement => ({
    ...statement,
    Effect: 'Allow',
    Principal: { AWS: oneOrMany(principals) },
    Resource: '*',
  });
  const statements = toKeyStatements(use, options.requireContext, '').map(({ Sid, Action, Condition }) =>
    allow({ Sid, Action, ...(Condition && { Condition }) }),
  );
  return {
    for: 'key',
    of: key.arn,
    document: toDocument(statements.map(order)),
    notes: [
      "These are statements to add: a key's policy without those of its administrators locks them out.",
      ...(options.principals.length > 0
        ? []
        : [
            "It lets in every role of the key's account whose own policy allows it: name the workload's role with --principal.",
          ]),
      ...(use.previous
        ? ['It is a previous key: readers need Decrypt, and renames with Hadoop 3.4 and later GenerateDataKey.']
        : []),
    ],
  };
}

/** What the workload's role needs, of S3 and of the keys. */
export function toWorkloadPolicy(plan: PolicyPlan): Policy {
  const { buckets, keys, options, usesAccountDefault } = plan;
  const arns = buckets.map(({ partition, name }) => toBucketArn(partition, name));
  const s3: Statement[] =
    arns.length === 0
      ? []
      : [
          {
            Sid: 'Buckets',
            Effect: 'Allow',
            Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
            Resource: oneOrMany(arns),
          },
          {
            Sid: 'Objects',
            Effect: 'Allow',
            Action: [
              's3:AbortMultipartUpload',
              's3:DeleteObject',
              's3:GetObject',
              's3:ListMultipartUploadParts',
              's3:PutObject',
            ],
            Resource: oneOrMany(arns.map((arn) => `${arn}/*`)),
          },
        ];
  const kms = keys
    .filter(({ key }) => key.arn !== options.defaultKey)
    .flatMap((use, index) => toKeyStatements(use, options.requireContext, index === 0 ? '' : String(index + 1)));
  return {
    for: 'workload',
    of: null,
    document: toDocument([...s3, ...kms]),
    notes: [
      ...(arns.length === 0 ? ['It says nothing of S3: name the buckets with --bucket.'] : []),
      ...(usesAccountDefault
        ? [
            "The account's default key aws/s3 needs no permission of a role of the same account, and serves no other account.",
          ]
        : []),
    ],
  };
}

/** Only for an operator that is to verify keys: without that it asks AWS nothing. */
export function toOperatorPolicy({ keys, options, usesAccountDefault }: PolicyPlan): Policy {
  const current = keys.filter(({ previous }) => !previous).map(({ key }) => key.arn);
  const named = current.filter((arn) => arn !== options.defaultKey);
  const partition = keys[0]?.key.partition ?? options.partition;
  const statements: Statement[] = [
    ...(named.length === 0
      ? []
      : [{ Sid: 'DescribeKeys', Effect: 'Allow', Action: 'kms:DescribeKey', Resource: oneOrMany(named) } as const]),
    ...(usesAccountDefault
      ? [
          {
            Sid: 'DescribeDefaultKey',
            Effect: 'Allow',
            Action: 'kms:DescribeKey',
            Resource: options.defaultKey ?? `arn:${partition}:kms:*:*:key/*`,
            Condition: { StringEquals: { 'kms:RequestAlias': 'alias/aws/s3' } },
          } as const,
        ]
      : []),
  ];
  return {
    for: 'operator',
    of: null,
    document: toDocument(statements),
    notes: [
      'Only for an operator that verifies keys (kms.verify): setting them in files needs nothing of AWS. A key of another account must allow it in its own policy, too.',
    ],
  };
}

function toRoot({ partition, account }: KeyArn): string {
  return `arn:${partition}:iam::${account}:root`;
}

/**
 * Use of a key through S3 alone, for objects of the buckets that are known: the context is the object's ARN, or with an S3
 * Bucket Key the bucket's. `kms:Decrypt` is for reading, and for large uploads.
 */
function toKeyStatements({ key, buckets, context }: KeyUse, requireContext: boolean, number: string): Statement[] {
  const contexts = buckets.map((name) => toBucketArn(key.partition, name)).flatMap((arn) => [arn, `${arn}/*`]);
  const via: StatementCondition = {
    StringEquals: { 'kms:ViaService': toS3Service(key) },
    ...(contexts.length > 0 && { StringLike: { 'kms:EncryptionContext:aws:s3:arn': contexts } }),
  };
  const use = (Sid: string, Action: Statement['Action'], Condition: StatementCondition): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource: key.arn,
    Condition,
  });
  const pairs = Object.entries(context ?? {}).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]);
  if (!requireContext || pairs.length === 0)
    return [use(`UseKey${number}ThroughS3`, ['kms:Decrypt', 'kms:GenerateDataKey'], via)];
  const withContext = { ...via, StringEquals: { ...via.StringEquals, ...Object.fromEntries(pairs) } };
  return [
    use(`ReadWithKey${number}ThroughS3`, 'kms:Decrypt', via),
    use(`WriteWithKey${number}AndContextThroughS3`, 'kms:GenerateDataKey', withContext),
  ];
}

/** The fields in the order in which people read them. */
function order({ Sid, Effect, Principal, Action, Resource, Condition }: Statement): Statement {
  return { Sid, Effect, ...(Principal && { Principal }), Action, Resource, ...(Condition && { Condition }) };
}
