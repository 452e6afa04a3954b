/**
 * The spec of a KmsKeyAssignment: the one schema for its type, its validation and its CustomResourceDefinition.
 */
import { z } from 'zod';
import { bucketNameRules, keyArnRules } from './aws-names.ts';
import { encryptionContext } from './encryption-context.ts';
import { namespaceSelector } from './label-selector.ts';
import { annotate, exactlyOne, matches, notEmpty, unique } from './rules.ts';

const namespaceName = annotate(z.string().max(63), { description: 'The name of a namespace.' }, [
  matches(
    '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    "a namespace's name has lowercase letters, digits and '-', and begins and ends with a letter or digit; for patterns label the namespaces and use namespaceSelector",
  ),
]);

const onlyTrue = (message: string) => [{ cel: 'self', test: (value: boolean) => value, message }];

const key = z.strictObject({
  arn: annotate(z.string().max(256), { description: 'The ARN of a KMS key; no alias.' }, keyArnRules).optional(),
  accountDefault: annotate(
    z.boolean(),
    { description: "true: the account's default KMS key, aws/s3. It can't be shared with other accounts." },
    onlyTrue('accountDefault can only be true; for another key leave it out and write arn'),
  ).optional(),
});
const keyRules = [
  exactlyOne(
    'arn',
    'accountDefault',
    'write exactly one of arn and accountDefault: true; nothing left out may quietly mean a weaker key',
  ),
];

const bucket = annotate(
  z.strictObject({
    name: annotate(z.string().max(63), { description: 'The name of the bucket.' }, bucketNameRules),
    key: annotate(key, { description: 'The key for this bucket.' }, keyRules).optional(),
    encryptionContext: encryptionContext.optional(),
    unmanaged: annotate(
      z.boolean(),
      { description: "true: the workload's own settings for this bucket are left alone." },
      onlyTrue('unmanaged can only be true; for a managed bucket leave it out and write key'),
    ).optional(),
  }),
  { description: 'What one bucket gets instead of the key above.' },
  [
    exactlyOne('key', 'unmanaged', 'write exactly one of key and unmanaged: true for a bucket'),
    {
      cel: '!has(self.encryptionContext) || has(self.key)',
      test: ({ encryptionContext, key }) => encryptionContext === undefined || key !== undefined,
      message: "an unmanaged bucket's encryption context is the workload's own: leave encryptionContext out",
    },
  ],
);

export const specSchema = annotate(
  z.strictObject({
    namespaces: annotate(
      z.array(namespaceName).max(1000),
      {
        description: 'The names of the namespaces; before any namespaceSelector.',
        'x-kubernetes-list-type': 'set',
      },
      [notEmpty('name at least one namespace'), unique((name) => name, 'a namespace is named twice')],
    ).optional(),
    namespaceSelector: namespaceSelector.optional(),
    algorithm: annotate(z.enum(['SSE-KMS', 'DSSE-KMS']), {
      description: 'The algorithm of S3A; DSSE-KMS needs Hadoop 3.4.0 or later.',
    }).default('SSE-KMS'),
    key: annotate(key, { description: 'The key for every bucket that buckets does not name.' }, keyRules),
    encryptionContext: encryptionContext.optional(),
    buckets: annotate(
      z.array(bucket).max(100),
      {
        description: 'Buckets that need another key (another region, another account), or none of ours.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      [unique(({ name }) => name, 'a bucket is named twice')],
    ).optional(),
    otherStores: annotate(z.enum(['Encrypt', 'Leave']), {
      description:
        "What becomes of files and buckets whose endpoint isn't AWS (MinIO, Ceph). Encrypt sets the key all the same, with a warning: a store without KMS then refuses uploads. Leave leaves them alone and counts them.",
    }).default('Encrypt'),
    enforcement: annotate(z.enum(['Audit', 'Enforce', 'Strict']), {
      description:
        "Audit changes nothing and reports; Enforce sets the key in every file; Strict also refuses a file in which something that can't be followed may override it.",
    }).default('Enforce'),
  }),
  { description: 'Which namespaces encrypt with which key.' },
  [
    exactlyOne(
      'namespaces',
      'namespaceSelector',
      'write exactly one of namespaces and namespaceSelector; namespaceSelector: {} is the default of the cluster',
    ),
  ],
);

export type Spec = z.output<typeof specSchema>;
export type SpecKey = z.output<typeof key>;
export type SpecBucket = z.output<typeof bucket>;
