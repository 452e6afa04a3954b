/**
 * KmsKeyAssignments: where they are, and how their status is written.
 */
import type { AssignmentStatus } from '../api/assignment-status.ts';
import { group, kind, plural, version } from '../api/key-assignment.ts';
import type { StatusWrite } from '../ports/cluster-client.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { ConnectionError, hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Leave, Transport } from './transport.ts';

export const assignmentsPath = `/apis/${group}/${version}/${plural}`;

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * All assignments, by a consistent read: without a resourceVersion the API server answers with nothing older than the request.
 * A webhook waits for it, and may have to try again, so it is given up after a second. Throws as `Transport.send` does.
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

/** Replaces the whole status of this very version. Throws as `Transport.send` does, but for the outcomes named. */
export async function writeStatus(
  transport: Transport,
  name: string,
  resourceVersion: string,
  status: AssignmentStatus,
  leave: Leave = {},
): Promise<StatusWrite> {
  const path = `${assignmentsPath}/${encodeURIComponent(name)}/status`;
  // The API server takes nothing but the status from this body, and wants no spec in it.
  const body = { apiVersion: `${group}/${version}`, kind, metadata: { name, resourceVersion }, status };
  try {
    const object = (await transport.send({
      method: 'PUT',
      path,
      query: { fieldManager },
      body,
      // One that hangs takes the place of others for no longer.
      timeoutSeconds: 10,
      ...leave,
    })) as StoredObject;
    return { kind: 'written', object };
  } catch (error) {
    if (hasStatus(error, 409) || hasStatus(error, 404)) return { kind: 'stale' };
    throw error;
  }
}
