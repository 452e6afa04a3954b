/**
 * Events (events.k8s.io/v1) on ConfigMaps and Secrets, and on assignments.
 */
import { createHash } from 'node:crypto';
import { group, kind, version } from '../api/key-assignment.ts';
import { shortenToBytes } from '../core/shorten.ts';
import type { ConfigObjectEvent, KeyEvent } from '../ports/cluster-client.ts';
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
export function writeEvent(
  transport: Transport,
  source: EventSource,
  event: ConfigObjectEvent,
  signal?: AbortSignal,
): Promise<void> {
  const { namespace, name, uid, resourceVersion, assignment, reason, message } = event;
  const content = {
    reason,
    message,
    action: 'Readmit',
    regarding: { apiVersion: 'v1', kind: event.kind, namespace, name, uid, resourceVersion },
    related: { apiVersion: `${group}/${version}`, kind, name: assignment },
  };
  return send(transport, source, { namespace, name: toName(event) }, content, signal);
}

/** The same for an assignment. Events on objects without a namespace stand in this one. */
export function writeKeyEvent(
  transport: Transport,
  source: EventSource,
  { assignment: name, uid, reason, message, digest }: KeyEvent,
  signal?: AbortSignal,
): Promise<void> {
  const regarding = { apiVersion: `${group}/${version}`, kind, name, uid };
  const metadata = { namespace: 'default', name: `${toPrefix(name)}.${toHash([uid, digest])}` };
  return send(transport, source, metadata, { reason, message, action: 'DescribeKey', regarding }, signal);
}

interface EventContent {
  readonly reason: string;
  readonly message: string;
  readonly action: string;
  readonly regarding: object;
  readonly related?: object;
}

async function send(
  transport: Transport,
  source: EventSource,
  metadata: { readonly namespace: string; readonly name: string },
  { message, ...content }: EventContent,
  signal: AbortSignal | undefined,
): Promise<void> {
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata,
    // A `metav1.MicroTime`.
    eventTime: new Date().toISOString().replace('Z', '000Z'),
    type: 'Warning',
    ...content,
    note: shortenToBytes(message, noteBytes),
    reportingController: source.controller,
    reportingInstance: source.instance.slice(0, 128),
  };
  try {
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(metadata.namespace)}/events`;
    await transport.send({ method: 'POST', path, body, timeoutSeconds: 5, signal });
  } catch (error) {
    const isThere = hasStatus(error, 409);
    const isLeaving = hasStatus(error, 404) || (hasStatus(error, 403) && error.message.includes('being terminated'));
    if (!isThere && !isLeaving) throw error;
  }
}

function toName({ name, uid, resourceVersion, reason, message }: ConfigObjectEvent): string {
  return `${toPrefix(name)}.${toHash([uid, resourceVersion, reason, message])}`;
}

function toPrefix(name: string): string {
  return name.slice(0, 200).replace(/[-.]+$/, '');
}

function toHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
