/**
 * KmsKeyAssignment: the one schema, from which its type, its validation and its CustomResourceDefinition come.
 */
import { z } from 'zod';
import type { Assignment, BucketRule, Key } from '../core/assignment.ts';
import { type AssignmentStatus, statusSchema } from './assignment-status.ts';
import { bucketNameRules, keyArnRules } from './aws-names.ts';
import { namespaceSelector } from './label-selector.ts';
import { annotate, exactlyOne, matches, notEmpty, unique } from './rules.ts';

export const group = 'ssekms.io';
export const version = 'v1alpha1';
export const kind = 'KmsKeyAssignment';
export const plural = 'kmskeyassignments';

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
    unmanaged: annotate(
      z.boolean(),
      { description: "true: the workload's own settings for this bucket are left alone." },
      onlyTrue('unmanaged can only be true; for a managed bucket leave it out and write key'),
    ).optional(),
  }),
  { description: 'What one bucket gets instead of the key above.' },
  [exactlyOne('key', 'unmanaged', 'write exactly one of key and unmanaged: true for a bucket')],
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
      description: 'The algorithm of S3A; DSSE-KMS needs Hadoop 3.4.1 or later.',
      default: 'SSE-KMS',
    }).default('SSE-KMS'),
    key: annotate(key, { description: 'The key for every bucket that buckets does not name.' }, keyRules),
    buckets: annotate(
      z.array(bucket).max(100),
      {
        description: 'Buckets that need another key (another region, another account), or none of ours.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      [unique(({ name }) => name, 'a bucket is named twice')],
    ).optional(),
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

const metadataSchema = z.object({
  /** The API server's own rule for names; ours go into XML, and a manifest on disk has been checked by nobody. */
  name: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  uid: z.string().optional(),
  generation: z.int().optional(),
});

const assignmentSchema = z.object({
  apiVersion: z.literal(`${group}/${version}`),
  kind: z.literal(kind),
  metadata: metadataSchema,
  spec: specSchema,
});

export type ParsedAssignment =
  | {
      readonly ok: true;
      readonly assignment: Assignment;
      /** Both undefined for a manifest that the API server hasn't stored. */
      readonly uid: string | undefined;
      readonly generation: number | undefined;
      /** Undefined where there is none, or none of this version's form: then it has to be written anew. */
      readonly status: AssignmentStatus | undefined;
    }
  | {
      readonly ok: false;
      /** Undefined where not even that can be read. */
      readonly name: string | undefined;
      /** Each with the path of the field first, for example `spec.key.arn: an alias can be…`. */
      readonly problems: readonly string[];
    };

/**
 * Reads a KmsKeyAssignment as the API server stores it, or as a manifest has it, under the CustomResourceDefinition's
 * own rules: unknown fields and nulls in the spec are problems here too.
 */
export function parseAssignment(object: unknown): ParsedAssignment {
  const parsed = assignmentSchema.safeParse(object);
  if (!parsed.success) {
    return { ok: false, name: nameOf(object), problems: parsed.error.issues.map(toProblem) };
  }
  const { metadata, spec } = parsed.data;
  const { uid, generation, name } = metadata;
  const status = statusSchema.safeParse((object as { status?: unknown }).status).data;
  return { ok: true, assignment: toAssignment(name, spec), uid, generation, status };
}

function nameOf(object: unknown): string | undefined {
  return z.object({ metadata: z.object({ name: z.string() }) }).safeParse(object).data?.metadata.name;
}

function toProblem({ path, message }: z.core.$ZodIssue): string {
  const field = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return field === '' ? message : `${field.slice(1)}: ${message}`;
}

function toAssignment(name: string, spec: z.output<typeof specSchema>): Assignment {
  const { algorithm, enforcement, buckets = [] } = spec;
  return {
    name,
    target: toTarget(spec),
    algorithm,
    key: toKey(spec.key),
    buckets: buckets.map(toBucketRule),
    enforcement,
  };
}

function toTarget({ namespaces, namespaceSelector }: z.output<typeof specSchema>): Assignment['target'] {
  if (namespaces !== undefined) return { namespaces };
  if (namespaceSelector !== undefined) return { namespaceSelector };
  throw new Error('the schema let an assignment without a target through');
}

function toBucketRule({ name, key, unmanaged }: z.output<typeof bucket>): BucketRule {
  return unmanaged === true ? { name, unmanaged } : { name, key: toKey(key) };
}

/** Left out must never mean the account's default, not even after a mistake in the schema. */
function toKey(value: z.output<typeof key> | undefined): Key {
  if (value?.arn !== undefined) return { arn: value.arn };
  if (value?.accountDefault === true) return { accountDefault: true };
  throw new Error('the schema let an assignment without a key through');
}
