/**
 * What is read of the cluster before its config objects: assignments, namespaces, and which of these the webhook is called for.
 */
import type { StoredObject } from '../../ports/stored-object.ts';
import { Failure } from '../errors.ts';
import { assignmentsPath, hasStatus, type Namespace, type Transport, type WebhookScope } from './core.ts';
import { listAll } from './list-all.ts';

export interface Reading {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

export interface Installation {
  /** `unknown`: its webhook configuration may not be read. */
  readonly operator: 'installed' | 'notInstalled' | 'unknown';
  readonly scope: WebhookScope;
  /** Why that is a guess; null where it isn't. */
  readonly remark: string | null;
}

/** The name of the chart's entry in its MutatingWebhookConfiguration, whatever the release is called. */
const entryName = 'mutate.ssekms.io';

/** As the chart has it where `webhook.namespaceSelector` is empty; its own namespace isn't known. */
const usualSelector = {
  matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: ['kube-system'] }],
};

/**
 * `unknown`: the cluster has no such resource. `unreadable`: they may not be read, which `orElse` allows.
 * @param orElse there are assignments from elsewhere
 */
export async function readAssignments(reading: Reading, orElse: boolean): Promise<AssignmentsInCluster> {
  try {
    return { kind: 'read', objects: await collect(reading, assignmentsPath) };
  } catch (error) {
    if (hasStatus(error, 404)) return { kind: 'unknown' };
    // A cluster without the resource answers so, too, to who may not list it.
    if (hasStatus(error, 403) && orElse) return { kind: 'unreadable' };
    throw toFailure(error, 'list', 'kmskeyassignments.ssekms.io', 'name files of assignments with -f');
  }
}

export type AssignmentsInCluster =
  | { readonly kind: 'read'; readonly objects: readonly StoredObject[] }
  | { readonly kind: 'unknown' | 'unreadable' };

export async function readInstallation(reading: Reading): Promise<Installation> {
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  try {
    for (const object of await collect(reading, path)) {
      const entries = object.webhooks as readonly { name?: string; namespaceSelector?: object | null }[] | undefined;
      const entry = entries?.find(({ name }) => name === entryName);
      if (entry === undefined) continue;
      return {
        operator: 'installed',
        scope: { kind: 'known', namespaceSelector: entry.namespaceSelector },
        remark: null,
      };
    }
    return { operator: 'notInstalled', scope: { kind: 'known', namespaceSelector: usualSelector }, remark: null };
  } catch (error) {
    if (!hasStatus(error, 403)) throw toFailure(error, 'list', 'mutatingwebhookconfigurations');
    const remark =
      'the webhook configurations may not be read: every namespace but kube-system counts as one that the webhook is called for';
    return { operator: 'unknown', scope: { kind: 'known', namespaceSelector: usualSelector }, remark };
  }
}

/** All of them, or those that were asked for. */
export async function readNamespaces(reading: Reading, names: readonly string[] | null): Promise<readonly Namespace[]> {
  if (names !== null) return Promise.all([...new Set(names)].map((name) => readNamespace(reading, name)));
  try {
    const namespaces: Namespace[] = [];
    const take = (namespace: Namespace) => namespaces.push(namespace);
    await listAll({ ...reading, collection: { path: '/api/v1/namespaces' }, reduce: toNamespace, take });
    return namespaces;
  } catch (error) {
    throw toFailure(error, 'list', 'namespaces', 'name those that you may read with --namespace');
  }
}

async function readNamespace({ transport, signal }: Reading, name: string): Promise<Namespace> {
  try {
    return toNamespace(
      (await transport.send({ path: `/api/v1/namespaces/${encodeURIComponent(name)}`, signal })) as StoredObject,
    );
  } catch (error) {
    if (hasStatus(error, 404)) throw new Failure(`there is no namespace ${name}`);
    throw toFailure(error, 'get', `the namespace ${name}`);
  }
}

function toNamespace({ metadata }: StoredObject): Namespace {
  return { name: metadata.name, labels: (metadata.labels ?? {}) as Namespace['labels'] };
}

/** How many objects a collection has, by one of them; undefined where the server doesn't say. */
export async function countObjects({ transport, signal }: Reading, path: string): Promise<number | undefined> {
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const { metadata } = (await transport.send({ path, query: { limit: 1 }, accept, signal })) as {
    readonly metadata?: { readonly remainingItemCount?: number };
  };
  return metadata?.remainingItemCount === undefined ? undefined : metadata.remainingItemCount + 1;
}

async function collect({ transport, signal }: Reading, path: string): Promise<StoredObject[]> {
  const all: StoredObject[] = [];
  const take = (object: StoredObject) => all.push(object);
  await listAll<StoredObject>({ transport, signal, collection: { path }, reduce: (object) => object, take });
  return all;
}

/** What the API server or the connection said, and what to do about it. */
export function toFailure(error: unknown, verb: string, what: string, way?: string): Failure {
  if (error instanceof Failure) return error;
  const { message, cause } = error as Error;
  const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
  const needed = hasStatus(error, 403)
    ? `: ask for the right to ${verb} ${what}${way === undefined ? '' : `, or ${way}`}`
    : hasStatus(error, 401)
      ? ": the credentials aren't accepted; log in again, or choose others with --kubeconfig or --context"
      : '';
  return new Failure(`cannot ${verb} ${what}: ${why}${needed}`, { cause: error });
}
