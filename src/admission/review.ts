/**
 * Validates an AdmissionReview once, and turns it into the request that the rest of this folder trusts.
 */
import { z } from 'zod';
import { findUid, mostParts, NotJson, parseJson } from './json.ts';

const apiVersion = 'admission.k8s.io/v1';
const kind = 'AdmissionReview';

/**
 * Checked in place, never rebuilt: `__proto__` is a legal data key (the API server allows `[-._a-zA-Z0-9]+`), an own property
 * after JSON.parse, and every copy by assignment, zod's records included, loses it.
 */
const dataKeys = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string'),
  'expected an object whose values are strings',
);

const configObject = z.object({
  kind: z.enum(['ConfigMap', 'Secret']),
  immutable: z.boolean().nullish(),
  data: dataKeys.nullish().transform((data) => data ?? undefined),
  binaryData: dataKeys.nullish().transform((data) => data ?? undefined),
});

/** Limited, since it is logged, and any client that reaches the port may send one of 15 MB. The API server's uids are UUIDs. */
const uid = z.string().min(1).max(128);

const write = z.object({
  uid,
  resource: z.object({
    group: z.literal('').default(''),
    version: z.literal('v1'),
    resource: z.enum(['configmaps', 'secrets']),
  }),
  subResource: z.literal('').default(''),
  /** The longest name of a namespace. */
  namespace: z.string().min(1).max(63),
  /**
   * Empty where the API server has yet to make the name from generateName. Names that are too long for Kubernetes are accepted
   * here: the API server refuses them itself after admission, with its own message.
   */
  name: z.string().max(4096).default(''),
  dryRun: z.boolean().default(false),
  /** Who sent the write. Read only where it is asked for (reverted.ts). */
  userInfo: z.unknown().optional(),
  object: configObject.extend({ metadata: z.unknown().optional() }),
});

const request = z.discriminatedUnion('operation', [
  write.extend({ operation: z.literal('CREATE') }),
  write.extend({ operation: z.literal('UPDATE'), oldObject: configObject }),
]);

const review = z.object({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), request });

/** A write of a ConfigMap or Secret. */
export type AdmissionRequest = z.infer<typeof request>;

/**
 * Either a request, or what is wrong with the body. `uid` is set where at least that could be read, so that the review can
 * be answered.
 */
export type Review =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | { readonly kind: 'invalid'; readonly uid: string | undefined; readonly message: string };

/** The part of a review that an answer needs. */
const answerable = z.object({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), request: z.object({ uid }) });

/** Reads a body. `parts` is the `countParts` of a large one; a body with too many isn't parsed. */
export function readReview(body: Buffer, parts = 0): Review {
  if (parts > mostParts) {
    const message =
      `the object has too many keys, owners or other parts to be looked at: the review has more than ${mostParts}; ` +
      'split it into several objects';
    return { kind: 'invalid', uid: findUid(body), message };
  }
  try {
    return parseReview(parseJson(body));
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return { kind: 'invalid', uid: undefined, message: `${error.message}; send an ${kind} of ${apiVersion}` };
  }
}

/** Reads a parsed JSON body. The message of an invalid one names fields and what they should be, never their contents. */
export function parseReview(body: unknown): Review {
  const parsed = review.safeParse(body);
  if (parsed.success) return { kind: 'request', request: parsed.data.request };
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.length === 0 ? 'the body' : issue.path.join('.')}: ${issue.message}`,
  );
  return {
    kind: 'invalid',
    uid: answerable.safeParse(body).data?.request.uid,
    message:
      `this is not a review that can be answered (${problems.join('; ')}); ` +
      `send an ${kind} of ${apiVersion} with the request to CREATE or UPDATE a ConfigMap or Secret (version v1)`,
  };
}
