/**
 * One Lease (coordination.k8s.io/v1), read and written by name. A write never overwrites another writer's newer version.
 */

import type { LeaseRecord, LeaseStore, StoredLease } from '../ports/lease-store.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Transport } from './transport.ts';

/** A Lease with the object itself, so that labels, annotations and owners stay. */
export interface LeaseObject extends StoredLease {
  readonly object: StoredObject;
}

/** Each request has a time limit of `timeoutSeconds`. Methods throw as `Transport.send` does, except for their named outcomes. */
export function buildLeaseStore(
  transport: Transport,
  namespace: string,
  name: string,
  timeoutSeconds: number,
): LeaseStore<LeaseObject> {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${collection}/${encodeURIComponent(name)}`;

  return {
    async read(signal) {
      try {
        return toStoredLease(await transport.send({ path, timeoutSeconds, signal }));
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },
    async write(record, after, signal) {
      const metadata = after?.object.metadata ?? { name, namespace };
      const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: toSpec(record) };
      const shared = { query: { fieldManager }, body, timeoutSeconds, signal };
      try {
        const answer = await (after === undefined
          ? transport.send({ ...shared, method: 'POST', path: collection })
          : transport.send({ ...shared, method: 'PUT', path }));
        return toStoredLease(answer);
      } catch (error) {
        // A create in a missing namespace answers 404 too, and that is no conflict with another writer.
        if (hasStatus(error, 409) || (after !== undefined && hasStatus(error, 404))) return 'conflict';
        throw error;
      }
    },
  };
}

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

/** The Lease may have been edited by hand: missing fields read as empty or 0. */
function toStoredLease(answer: unknown): LeaseObject {
  const object = answer as StoredObject;
  const spec = (object.spec ?? {}) as LeaseSpec;
  return {
    version: object.metadata.resourceVersion ?? '',
    record: {
      holder: spec.holderIdentity ?? '',
      durationSeconds: spec.leaseDurationSeconds ?? 0,
      acquiredAt: Date.parse(spec.acquireTime ?? '') || 0,
      renewedAt: Date.parse(spec.renewTime ?? '') || 0,
      transitions: spec.leaseTransitions ?? 0,
    },
    object,
  };
}

function toSpec({ holder, durationSeconds, acquiredAt, renewedAt, transitions }: LeaseRecord): LeaseSpec {
  return {
    holderIdentity: holder,
    leaseDurationSeconds: durationSeconds,
    acquireTime: toMicroTime(acquiredAt),
    renewTime: toMicroTime(renewedAt),
    leaseTransitions: transitions,
  };
}

/** A `metav1.MicroTime`. */
function toMicroTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
