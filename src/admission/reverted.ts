/**
 * Recognizes an update that the webhook changes back: with our edits it is exactly what is stored. It costs a comparison of
 * texts that mostly differ in length, and nothing where an update needs no edit.
 */
import { z } from 'zod';
import type { Assignment } from '../core/assignment/resolve.ts';
import type { RevertedUpdate, Writer } from '../core/contention.ts';
import type { ConfigObjectPlan } from '../core/plan/config-object.ts';
import { shorten } from '../core/shorten.ts';
import type { AdmissionRequest } from './review.ts';

/** Undefined where the update isn't changed back, is a dry run, or is our own readmission of an object that isn't compliant. */
export function findReverted(
  request: AdmissionRequest,
  plan: ConfigObjectPlan,
  { enforcement }: Assignment,
): RevertedUpdate | undefined {
  if (plan.kind !== 'change' || enforcement === 'Audit') return undefined;
  if (request.operation !== 'UPDATE' || request.dryRun) return undefined;
  const { object, oldObject, namespace, name } = request;
  const edited = new Map(plan.patch.map(({ path, value }) => [path, value]));
  const isBack = fields.every((field) => isSame(object[field] ?? {}, oldObject[field] ?? {}, field, edited));
  return isBack ? { kind: object.kind, namespace, name, writer: toWriter(request, edited) } : undefined;
}

const fields = ['data', 'binaryData'] as const;

type Values = Readonly<Record<string, string>>;
/** The edited values, by their path in the JSON Patch. */
type Edited = ReadonlyMap<string, string>;

/** Data keys need no escape in a path: the API server allows `[-._a-zA-Z0-9]+`. */
function isSame(values: Values, oldValues: Values, field: string, edited: Edited): boolean {
  const keys = Object.keys(values);
  return (
    keys.length === Object.keys(oldValues).length &&
    keys.every(
      (key) => Object.hasOwn(oldValues, key) && (edited.get(`/${field}/${key}`) ?? values[key]) === oldValues[key],
    )
  );
}

const userInfo = z.object({ username: z.string() });
const metadata = z.object({
  managedFields: z.array(
    z.object({ manager: z.string().default(''), fieldsV1: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** Limits what a client can put into the status. */
const longestName = 128;

/**
 * The API server has entered the writer as the file's field manager when it asks for the review, and has taken the file from
 * all others, since the update changes it. That is so for each edited file; the first one is as good as any.
 */
function toWriter({ object, userInfo: sender }: AdmissionRequest, edited: Edited): Writer {
  const [[, field = '', dataKey = ''] = []] = [...edited.keys()].map((path) => path.split('/'));
  const entries = metadata.safeParse(object.metadata).data?.managedFields ?? [];
  const manager = entries.find(({ fieldsV1 }) => owns(fieldsV1[`f:${field}`], dataKey))?.manager ?? '';
  const user = userInfo.safeParse(sender).data?.username ?? '';
  return { manager: shorten(manager, longestName), user: shorten(user, longestName) };
}

function owns(fields: unknown, dataKey: string): boolean {
  return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, `f:${dataKey}`);
}
