/**
 * Recognizes an update that the webhook changes back: with our edits it is exactly what is stored. It costs a comparison of
 * texts that mostly differ in length, and nothing where an update needs no edit.
 */
import { z } from 'zod';
import type { Assignment } from '../core/assignment/resolve.ts';
import type { Reverted, Writer } from '../core/contention.ts';
import type { ConfigObjectPlan } from '../core/plan/config-object.ts';
import { shorten } from '../core/shorten.ts';
import type { AdmissionRequest } from './review.ts';

/** Undefined where the update isn't changed back, is a dry run, or is our own readmission of an object that isn't compliant. */
export function findReverted(
  request: AdmissionRequest,
  plan: ConfigObjectPlan,
  { enforcement }: Assignment,
): Reverted | undefined {
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

const options = z.object({ fieldManager: z.string().min(1) });
const userInfo = z.object({ username: z.string() });
const managedFields = z.object({
  managedFields: z.array(
    z.object({
      manager: z.string().default(''),
      time: z.string().default(''),
      fieldsV1: z.looseObject({}).default({}),
    }),
  ),
});

/** Limits what a client can put into the status and the log. */
const longestName = 128;

/**
 * The field manager is what the client names in its request. Where it names none, it is the manager that the API server has
 * just entered for the file in the object under review.
 */
function toWriter(request: AdmissionRequest, edited: Edited): Writer {
  const manager = options.safeParse(request.options).data?.fieldManager ?? findManager(request, edited);
  const user = userInfo.safeParse(request.userInfo).data?.username ?? '';
  return { manager: shorten(manager, longestName), user: shorten(user, longestName) };
}

function findManager({ object }: AdmissionRequest, edited: Edited): string {
  const entries = managedFields.safeParse(object.metadata).data?.managedFields ?? [];
  const owners = entries.filter(({ fieldsV1 }) => [...edited.keys()].some((path) => owns(fieldsV1, path)));
  // Of one time the last: an owner of one file may have lost another one to the writer.
  return owners.reduce((latest, entry) => (entry.time >= latest.time ? entry : latest), { manager: '', time: '' })
    .manager;
}

function owns(fieldsV1: Readonly<Record<string, unknown>>, path: string): boolean {
  const [, field = '', dataKey = ''] = path.split('/');
  const owned = fieldsV1[`f:${field}`];
  return typeof owned === 'object' && owned !== null && Object.hasOwn(owned, `f:${dataKey}`);
}
