/**
 * Single ConfigMaps and Secrets: read, and readmitted by an empty merge patch.
 */
import type { ConfigObjectKind } from '../core/plan/config-object.ts';
import type { Readmission } from '../ports/cluster-client.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { ApiError, hasStatus, isRetriable } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Request, Transport } from './transport.ts';

/**
 * Sends `{}` as a merge patch. Admission runs on it, so our webhook edits the file in the same request, and the owner of the
 * field in managedFields stays the owner. Without an edit nothing is stored, and the resourceVersion stays.
 * @throws ConnectionError, or an ApiError that is retriable.
 */
export async function readmit(
  transport: Transport,
  namespace: string,
  name: string,
  signal?: AbortSignal,
  kind: ConfigObjectKind = 'ConfigMap',
): Promise<Readmission> {
  const request: Request = {
    method: 'PATCH',
    path: toPath(kind, namespace, name),
    query: { fieldManager },
    contentType: 'application/merge-patch+json',
    body: {},
    // Another webhook that hangs delays the other objects of its namespace no longer than this.
    timeoutSeconds: 15,
    signal,
  };
  try {
    return { kind: 'answered', object: (await transport.send(request)) as StoredObject };
  } catch (error) {
    if (hasStatus(error, 404)) return { kind: 'gone' };
    if (error instanceof ApiError && !isRetriable(error)) return { kind: 'denied', message: error.message };
    throw error;
  }
}

/** Undefined where there is none. Throws as `Transport.send` does. */
export async function readConfigObject(
  transport: Transport,
  namespace: string,
  name: string,
  signal?: AbortSignal,
  kind: ConfigObjectKind = 'ConfigMap',
): Promise<StoredObject | undefined> {
  try {
    return (await transport.send({ path: toPath(kind, namespace, name), signal })) as StoredObject;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

function toPath(kind: ConfigObjectKind, namespace: string, name: string): string {
  const resource = kind === 'Secret' ? 'secrets' : 'configmaps';
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
}
