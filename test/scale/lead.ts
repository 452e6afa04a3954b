/**
 * Takes the Lease from the operator, and gives it back: without it the operator answers the webhook and does nothing else.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../src/cluster/transport.ts';
import { releasedSeconds } from '../../src/election/lease-due.ts';
import type { AuditedRequest, AuditLog } from './audit.ts';

export interface Lead {
  /** Returns once the operator follows. */
  take(): Promise<void>;
  /** Returns once the operator leads, and has listed every ConfigMap. */
  giveBack(): Promise<void>;
}

/** Which Lease it is tells the audit log. */
export function toLeasePath(requests: readonly AuditedRequest[]): string | undefined {
  const { namespace, name } =
    requests.find(({ resource, name }) => resource === 'leases' && name !== '' && !name.endsWith('-contention')) ?? {};
  return name && `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
}

export function buildLead(api: Transport, audit: AuditLog, path: string): Lead {
  const merge = (spec: object) =>
    api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: { spec } });

  return {
    async take() {
      const now = new Date().toISOString().replace('Z', '000Z');
      await merge({ holderIdentity: 'scale', leaseDurationSeconds: 3600, acquireTime: now, renewTime: now });
      // It notices when it next renews, every two seconds or so; whatever it has under way ends then.
      await untilQuiet(audit);
    },
    async giveBack() {
      await audit.next();
      await merge({ holderIdentity: '', leaseDurationSeconds: releasedSeconds });
      await untilListed(audit);
    },
  };
}

/**
 * Returns once the operator had listed every ConfigMap and watches them: when that began (milliseconds since 1970), and
 * all that was asked since the log was read last.
 */
export async function untilListed(audit: AuditLog): Promise<{ at: number; requests: AuditedRequest[] }> {
  const requests: AuditedRequest[] = [];
  for (let tries = 0; tries < 3000; tries++) {
    requests.push(...(await audit.next()));
    const watch = requests.find(({ verb, resource }) => verb === 'watch' && resource === 'configmaps');
    if (watch !== undefined) return { at: watch.answeredAt, requests };
    await sleep(100);
  }
  throw new Error('the operator does not watch ConfigMaps after 5 minutes');
}

/** Returns after five seconds without any request but for the Lease. */
export async function untilQuiet(audit: AuditLog): Promise<void> {
  await audit.next();
  for (let quietSince = Date.now(); Date.now() - quietSince < 5000; await sleep(100)) {
    if ((await audit.next()).some(({ resource }) => resource !== 'leases')) quietSince = Date.now();
  }
}
