/**
 * The election's part of the wiring: of all replicas one reconciles, by a Lease in the operator's own namespace.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { buildLeaseStore } from '../cluster/lease.ts';
import type { Transport } from '../cluster/transport.ts';
import type { Config } from '../config/command-line.ts';
import type { Operator } from '../controller/operator.ts';
import { type Election, startElection } from '../election/elect.ts';

const mostRequestSeconds = 5;

/** Starts to stand for election as soon as the operator has its caches. */
export function startLeadership(config: Config, transport: Transport, operator: Operator, log: Logger): Election {
  const { namespace, leaseName, leaseSeconds: seconds, podName } = config;
  // The time limit of a request leaves time for another try before the lease expires, and for the release before the process is killed.
  const lease = buildLeaseStore(transport, namespace, leaseName, Math.min(seconds / 3, mostRequestSeconds));
  // The identity is unique to the process: a restarted container has the same pod name, but must not continue the old lease.
  const identity = `${podName}_${randomUUID()}`;
  const { synced: ready, lead, follow } = operator;
  return startElection({ lease, identity, seconds, ready, lead, follow, log });
}
