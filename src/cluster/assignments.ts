/**
 * KmsKeyAssignments in the API: their path, lists of them, and writes of their status.
 */
import type { AssignmentStatus } from '../api/assignment-status.ts';
import { group, kind, plural, version } from '../api/key-assignment.ts';
import type { StatusWrite } from '../ports/cluster-client.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { ConnectionError, hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Transport } from './transport.ts';

export const assignmentsPath = `/apis/${group}/${version}/${plural}`;

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * All assignments, by a consistent read: without a resourceVersion the API server's answer is never older than the request. The
 * time limit is one second, since an admission request waits for it. Throws as `Transport.send` does.
 */
export async function listAssignments(
  transport: Transport,
  part: 'metadata' | 'whole',
): Promise<readonly StoredObject[]> {
  const accept = part === 'metadata' ? { accept: metadataOnly } : {};
  const { items } = (await transport.send({ path: assignmentsPath, timeoutSeconds: 1, ...accept })) as {
    readonly items?: readonly StoredObject[];
  };
  if (!Array.isArray(items)) throw new ConnectionError('the answer is not a list');
  return items;
}

/** Replaces the whole status, if the assignment is still this version; else 'stale'. Throws as `Transport.send` does for other errors. */
export async function writeStatus(
  transport: Transport,
  name: string,
  resourceVersion: string,
  status: AssignmentStatus,
  signal?: AbortSignal,
): Promise<StatusWrite> {
  const path = `${assignmentsPath}/${encodeURIComponent(name)}/status`;
  // The API server uses only the status of this body, so it needs no spec.
  const body = { apiVersion: `${group}/${version}`, kind, metadata: { name, resourceVersion }, status };
  try {
    const object = (await transport.send({
      method: 'PUT',
      path,
      query: { fieldManager },
      body,
      // A request that hangs keeps others waiting no longer than this.
      timeoutSeconds: 10,
      signal,
    })) as StoredObject;
    return { kind: 'written', object };
  } catch (error) {
    if (hasStatus(error, 409) || hasStatus(error, 404)) return { kind: 'stale' };
    throw error;
  }
}
