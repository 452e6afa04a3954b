/**
 * The policy of a bucket that denies writes with another encryption than the assigned one, whoever writes.
 *
 * | statement         | denies                                                       |
 * |-------------------|--------------------------------------------------------------|
 * | OtherEncryption   | a request that names another algorithm                       |
 * | OtherKey          | a request that names another key                             |
 * | AccountDefaultKey | a request for KMS that names no key, so that aws/s3 is taken |
 * | CustomerKeys      | a request that brings its own key (SSE-C)                    |
 *
 * `StringNotEquals` is true where the request doesn't have the header: without `Null` such requests are denied too. S3A always
 * sends the header, except with the parts of large uploads.
 */

import { toBucketArn } from '../arn.ts';
import type { Algorithm } from '../assignment/resolve.ts';
import { oneOrMany, type Policy, type Statement, type StatementCondition, toDocument } from './document.ts';
import type { BucketKeys, PolicyPlan } from './plan.ts';

const sse = 's3:x-amz-server-side-encryption';
const keyId = 's3:x-amz-server-side-encryption-aws-kms-key-id';
const customer = 's3:x-amz-server-side-encryption-customer-algorithm';

/** The header's value for each algorithm. */
const headers: Readonly<Record<Algorithm, string>> = { 'SSE-KMS': 'aws:kms', 'DSSE-KMS': 'aws:kms:dsse' };

/** The policy of one bucket, with notes for its user. */
export function toBucketPolicy(bucket: BucketKeys, plan: PolicyPlan): Policy {
  const { algorithm, options } = plan;
  const { name, partition, key, previous } = bucket;
  const deny = (Sid: string, Condition: StatementCondition): Statement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `${toBucketArn(partition, name)}/*`,
    Condition,
  });
  const algorithms = [...new Set([algorithm, ...options.previousAlgorithms])].map((one) => headers[one]);
  const named = (header: string) => (options.requireHeaders ? {} : { Null: { [header]: 'false' } });
  const arns = [...(key === null ? [] : [key.arn]), ...previous.map(({ arn }) => arn)];
  const isDefault = plan.usesAccountDefault && (key === null || key.arn === options.defaultKey);
  const statements = [
    deny('OtherEncryption', { StringNotEquals: { [sse]: oneOrMany(algorithms) }, ...named(sse) }),
    ...(key === null ? [] : [deny('OtherKey', otherKey(arns, options.requireHeaders && !isDefault))]),
    ...(isDefault || options.requireHeaders
      ? []
      : [deny('AccountDefaultKey', { Null: { [sse]: 'false', [keyId]: 'true' } })]),
    deny('CustomerKeys', { Null: { [customer]: 'false' } }),
  ];
  return { for: 'bucket', of: name, document: toDocument(statements), notes: toNotes(bucket, isDefault, plan) };
}

function otherKey(arns: readonly string[], denyAbsent: boolean): StatementCondition {
  const condition = { StringNotEquals: { [keyId]: oneOrMany(arns) } };
  return denyAbsent ? condition : { ...condition, Null: { [keyId]: 'false' } };
}

function toNotes({ key, previous }: BucketKeys, isDefault: boolean, { options }: PolicyPlan): string[] {
  return [
    'put-bucket-policy replaces the policy that the bucket has: if there is one, add these statements to it.',
    options.requireHeaders
      ? 'It denies requests that say nothing about encryption: try it with a large upload, whose parts say nothing, before you rely on it.'
      : "Requests that say nothing about encryption pass: set the bucket's default encryption to the same key.",
    ...(isDefault && key === null
      ? [
          "It does not tell keys apart, since the ARN of the account's default key is not known: give it with --default-key.",
        ]
      : []),
    ...options.previousKeys
      .filter((arn) => previous.every((one) => one.arn !== arn))
      .map((arn) => `${arn} is left out: it is the assigned key itself, or of another Region than the bucket.`),
    ...(previous.length > 0
      ? [
          'The previous keys pass for every write, since large copies start as other uploads do: take them out once nothing renames old objects.',
        ]
      : []),
  ];
}
