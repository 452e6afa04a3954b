/**
 * A KmsKeyAssignment as the API server or a manifest has it, read into the Assignment that the core trusts.
 */
import { z } from 'zod';
import type { Assignment, BucketRule, Key } from '../core/assignment/resolve.ts';
import { type Spec, type SpecBucket, type SpecKey, specSchema } from './assignment-spec.ts';
import { type AssignmentStatus, statusSchema } from './assignment-status.ts';

export const group = 'ssekms.io';
export const version = 'v1alpha1';
export const kind = 'KmsKeyAssignment';
export const plural = 'kmskeyassignments';

const metadataSchema = z.object({
  /** The API server's own rule for names. Needed here since names go into XML, and a manifest on disk is unchecked. */
  name: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  uid: z.string().optional(),
  generation: z.int().optional(),
});

const { namespaces, namespaceSelector } = specSchema.shape;
const targetSchema = z.object({ spec: z.object({ namespaces, namespaceSelector }) });

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
      /** Undefined where there is no status, or one of another form: then it must be written anew. */
      readonly status: AssignmentStatus | undefined;
    }
  | {
      readonly ok: false;
      /** Undefined where not even the name can be read. */
      readonly name: string | undefined;
      /** Which namespaces it is for, if that can be read. */
      readonly target: Assignment['target'] | undefined;
      /** Each with the path of the field first, for example `spec.key.arn: an alias can be…`. */
      readonly problems: readonly string[];
    };

/**
 * Reads a KmsKeyAssignment as the API server stores it, or as a manifest has it, under the CustomResourceDefinition's
 * own rules: unknown fields and nulls in the spec are problems here too. (So a field that a later version adds must have
 * no default in its definition: replicas of the earlier version would see it in every assignment, and refuse it.)
 */
export function parseAssignment(object: unknown): ParsedAssignment {
  const parsed = assignmentSchema.safeParse(object);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(toProblem);
    return { ok: false, name: nameOf(object), target: targetOf(object), problems };
  }
  const { metadata, spec } = parsed.data;
  const { uid, generation, name } = metadata;
  const status = statusSchema.safeParse((object as { status?: unknown }).status).data;
  return { ok: true, assignment: toAssignment(name, spec), uid, generation, status };
}

function nameOf(object: unknown): string | undefined {
  return z.object({ metadata: z.object({ name: z.string() }) }).safeParse(object).data?.metadata.name;
}

/** The target alone, in the form that every version so far has had. */
function targetOf(object: unknown): Assignment['target'] | undefined {
  const { namespaces, namespaceSelector } = targetSchema.safeParse(object).data?.spec ?? {};
  if ((namespaces === undefined) === (namespaceSelector === undefined)) return undefined;
  return namespaces === undefined ? { namespaceSelector: namespaceSelector ?? {} } : { namespaces };
}

function toProblem({ path, message }: z.core.$ZodIssue): string {
  const field = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return field === '' ? message : `${field.slice(1)}: ${message}`;
}

function toAssignment(name: string, spec: Spec): Assignment {
  const { algorithm, enforcement, otherStores, buckets = [] } = spec;
  return {
    name,
    target: toTarget(spec),
    algorithm,
    key: toKey(spec.key),
    ...toContext(spec),
    buckets: buckets.map(toBucketRule),
    enforcement,
    ...(otherStores === 'Leave' && { otherStores }),
  };
}

function toTarget({ namespaces, namespaceSelector }: Spec): Assignment['target'] {
  if (namespaces !== undefined) return { namespaces };
  if (namespaceSelector !== undefined) return { namespaceSelector };
  throw new Error('the schema let an assignment without a target through');
}

function toBucketRule({ name, key, unmanaged, ...spec }: SpecBucket): BucketRule {
  return unmanaged === true ? { name, unmanaged } : { name, key: toKey(key), ...toContext(spec) };
}

function toContext({ encryptionContext }: Pick<Spec, 'encryptionContext'>) {
  return encryptionContext === undefined ? {} : { encryptionContext };
}

/** A missing key must never mean the account's default key, not even after a mistake in the schema. */
function toKey(value: SpecKey | undefined): Key {
  if (value?.arn !== undefined) return { arn: value.arn };
  if (value?.accountDefault === true) return { accountDefault: true };
  throw new Error('the schema let an assignment without a key through');
}
