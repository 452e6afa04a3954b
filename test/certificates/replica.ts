/**
 * One replica's certificates, wired to a real API server as the operator wires them, with a clock and lifetimes of choice.
 */

import type { CertificateController } from '../../src/certificates/certificate-status.ts';
import type { Lifetimes } from '../../src/certificates/due.ts';
import { startRotation } from '../../src/certificates/rotate.ts';
import { startListWatch } from '../../src/cluster/list-watch.ts';
import { buildSecretStore } from '../../src/cluster/secrets.ts';
import type { Transport } from '../../src/cluster/transport.ts';
import { buildTrustPublisher } from '../../src/cluster/webhook-configurations.ts';
import { group, readBundles } from '../cluster-client/admission-configurations.ts';
import { silent } from '../cluster-client/cluster.ts';
import { handshake, startTlsServer } from './tls.ts';

export const namespace = 'certificates';
export const dnsName = 'webhook.certificates.svc';

export interface ReplicaOptions {
  readonly transport: Transport;
  /** The name of the Secret and of both configurations. */
  readonly name: string;
  readonly lifetimes: Lifetimes;
  /** Milliseconds by which this replica's clock is ahead. */
  readonly clockOffset?: number;
}

export interface Replica {
  readonly rotation: CertificateController;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startReplica({ transport, name, lifetimes, clockOffset = 0 }: ReplicaOptions): Promise<Replica> {
  const server = await startTlsServer();
  const rotation = startRotation({
    secrets: buildSecretStore(transport, namespace, name),
    trust: buildTrustPublisher(transport, { mutating: name, validating: name, writer: 'self-managed' }),
    serve: server.serve,
    dnsNames: [dnsName],
    lifetimes,
    now: () => Date.now() + clockOffset,
    log: silent,
  });
  const paths = [
    `/api/v1/namespaces/${namespace}/secrets`,
    `${group}/mutatingwebhookconfigurations`,
    `${group}/validatingwebhookconfigurations`,
  ];
  const watches = paths.map((path) =>
    startListWatch({
      transport,
      collection: { path, fieldSelector: `metadata.name=${name}` },
      reduce: ({ metadata }) => metadata.resourceVersion,
      onChange: rotation.notify,
      log: silent,
    }),
  );
  return {
    rotation,
    port: server.port,
    async stop() {
      await Promise.all(watches.map((watch) => watch.stop()));
      await rotation.stop();
      await server.stop();
    },
  };
}

export interface Witness {
  /** Handshakes that were tried. */
  count(): number;
  /** Codes of those that failed. */
  readonly failures: string[];
  stop(): Promise<void>;
}

/**
 * Connects again and again, as an API server does that knows a configuration as it was half a settling time ago: each port
 * has to present what the caBundle of that moment trusts. A handshake that came later than a whole settling time, since
 * the machine was busy, proves nothing where it fails.
 */
export function startWitness(transport: Transport, name: string, ports: readonly number[], settling: number): Witness {
  const failures: string[] = [];
  let count = 0;
  let stopped = false;
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  async function observe(kind: 'mutating' | 'validating', port: number): Promise<void> {
    while (!stopped) {
      const asked = performance.now();
      const [bundle = ''] = await readBundles(transport, kind, name);
      await pause(settling / 2);
      const outcome = await handshake(port, bundle, dnsName);
      const late = performance.now() - asked > settling;
      count += late ? 0 : 1;
      if (outcome !== 'trusted' && !late) failures.push(`${kind}: ${outcome}`);
    }
  }
  const observers = ports.flatMap((port) => [observe('mutating', port), observe('validating', port)]);
  return {
    count: () => count,
    failures,
    async stop() {
      stopped = true;
      await Promise.all(observers);
    },
  };
}
