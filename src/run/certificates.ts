/**
 * The certificates' part of the wiring: they live in the API server, and hear of changes there at once.
 */
import type { Logger } from 'pino';
import type { KeyPair } from '../certificates/issue.ts';
import { type CertificateStatus, startRotation } from '../certificates/rotate.ts';
import type { Config } from '../config.ts';
import { startListWatch } from '../kube/list-watch.ts';
import { buildSecretStore } from '../kube/secrets.ts';
import type { Transport } from '../kube/transport.ts';
import { buildTrustPublisher } from '../kube/webhook-configurations.ts';

export interface Certificates {
  status(): CertificateStatus;
  stop(): Promise<void>;
}

/** API servers see a new caBundle within a moment; CAs that live for seconds, as in tests, can't wait that long. */
function toSettling(caMs: number): number {
  return Math.min(10_000, caMs / 5);
}

export function startCertificates(
  config: Config,
  transport: Transport,
  serve: (pair: KeyPair) => void,
  log: Logger,
): Certificates {
  const { namespace, serviceName, caSecret } = config;
  const mutating = config.mutatingWebhookConfiguration;
  const validating = config.validatingWebhookConfiguration;
  const rotation = startRotation({
    secrets: buildSecretStore(transport, namespace, caSecret),
    trust: buildTrustPublisher(transport, { mutating, validating }),
    serve,
    dnsNames: [serviceName, `${serviceName}.${namespace}`, `${serviceName}.${namespace}.svc`],
    lifetimes: {
      ca: config.caSeconds * 1000,
      leaf: config.leafSeconds * 1000,
      settling: toSettling(config.caSeconds * 1000),
    },
    now: Date.now,
    log,
  });

  const admission = '/apis/admissionregistration.k8s.io/v1';
  const watches = [
    { path: `/api/v1/namespaces/${namespace}/secrets`, name: caSecret },
    { path: `${admission}/mutatingwebhookconfigurations`, name: mutating },
    { path: `${admission}/validatingwebhookconfigurations`, name: validating },
  ].map(({ path, name }) =>
    startListWatch({
      transport,
      collection: { path, fieldSelector: `metadata.name=${name}` },
      reduce: ({ metadata }) => metadata.resourceVersion,
      onChange: rotation.notify,
      log,
      timing: { relistSeconds: config.fullPassSeconds },
    }),
  );

  return {
    status: rotation.status,
    async stop() {
      await Promise.all([rotation.stop(), ...watches.map((watch) => watch.stop())]);
    },
  };
}
