/**
 * Events (events.k8s.io/v1) on ConfigMaps and Secrets.
 */
import { createHash } from 'node:crypto';
import { group, kind, version } from '../api/key-assignment.ts';
import { shortenToBytes } from '../core/shorten.ts';
import type { ConfigObjectEvent } from '../ports/cluster-client.ts';
import { hasStatus } from './errors.ts';
import type { Transport } from './transport.ts';

/** The reporter of an Event. */
export interface EventSource {
  /** For example `ssekms.io/operator`. */
  readonly controller: string;
  /** For example the pod's name. */
  readonly instance: string;
}

/** The API server's own limit, in bytes. */
const noteBytes = 1024;

/**
 * Writes an Event of type Warning. Its name is derived from its contents and the object's version, so that the same Event of
 * another process is a conflict. Throws as `Transport.send` does, but not where the Event exists already or the namespace is
 * being deleted.
 */
export async function writeEvent(
  transport: Transport,
  source: EventSource,
  event: ConfigObjectEvent,
  signal?: AbortSignal,
): Promise<void> {
  const { namespace, name, uid, resourceVersion, assignment, reason, message } = event;
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: toName(event), namespace },
    // A `metav1.MicroTime`.
    eventTime: new Date().toISOString().replace('Z', '000Z'),
    type: 'Warning',
    reason,
    action: 'Readmit',
    note: shortenToBytes(message, noteBytes),
    reportingController: source.controller,
    reportingInstance: source.instance.slice(0, 128),
    regarding: { apiVersion: 'v1', kind: event.kind, namespace, name, uid, resourceVersion },
    related: { apiVersion: `${group}/${version}`, kind, name: assignment },
  };
  try {
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
    await transport.send({ method: 'POST', path, body, timeoutSeconds: 5, signal });
  } catch (error) {
    const isThere = hasStatus(error, 409);
    const isLeaving = hasStatus(error, 404) || (hasStatus(error, 403) && error.message.includes('being terminated'));
    if (!isThere && !isLeaving) throw error;
  }
}

function toName({ name, uid, resourceVersion, reason, message }: ConfigObjectEvent): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([uid, resourceVersion, reason, message]))
    .digest('hex')
    .slice(0, 16);
  return `${name.slice(0, 200).replace(/[-.]+$/, '')}.${hash}`;
}
