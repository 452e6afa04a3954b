/**
 * The certificates' part of the wiring: they live in the API server or in files, and hear of changes there at once.
 */
import type { Logger } from 'pino';
import type { CertificateController, CertificateStatus } from '../certificates/certificate-status.ts';
import { readCertificateFiles, watchCertificateFiles } from '../certificates/files.ts';
import { startFollowing } from '../certificates/follow.ts';
import { laggingMs } from '../certificates/foreign-cas.ts';
import type { KeyPair } from '../certificates/issue.ts';
import { startRotation } from '../certificates/rotate.ts';
import { startListWatch } from '../cluster/list-watch.ts';
import { buildSecretStore } from '../cluster/secrets.ts';
import type { Transport } from '../cluster/transport.ts';
import { buildTrustPublisher } from '../cluster/webhook-configurations.ts';
import type { Config } from '../config/command-line.ts';
import type { ApiServerObserver } from '../ports/observers.ts';

export interface Certificates {
  status(): CertificateStatus & { readonly mode: Config['certificateMode'] };
  /** A webhook configuration may have changed: reconcile soon. */
  notify(): void;
  /** Why the certificate doesn't make this replica ready, in words; empty where it does. */
  notReady(): string[];
  stop(): Promise<void>;
}

/** How soon a change of the files is seen; the kubelet itself takes up to a minute and a half. */
const filesEveryMs = 2_000;

/** API servers see a new caBundle within moments, so 10 s is ample. CAs that live for seconds, as in tests, can't wait that long. */
function toSettling(caMs: number): number {
  return Math.min(10_000, caMs / 5);
}

export function startCertificates(
  config: Config,
  transport: Transport,
  serve: (pair: KeyPair) => void,
  observer: ApiServerObserver,
  log: Logger,
): Certificates {
  const { certificateMode: mode, certificateFolder, namespace, serviceName, caSecret } = config;
  const mutating = config.mutatingWebhookConfiguration;
  const validating = config.validatingWebhookConfiguration;
  const hostname = `${serviceName}.${namespace}.svc`;
  const settling = toSettling(config.caLifetimeSeconds * 1000);
  // With cert-manager its cainjector writes the caBundles.
  const writer = mode === 'cert-manager' ? undefined : mode;
  const stopping = new AbortController();
  // Otherwise a request to an API server that hangs would delay the end of the process by 30 s.
  const untilStop: Transport = {
    ...transport,
    send: (request) => transport.send({ ...request, signal: stopping.signal }),
  };
  const trust = buildTrustPublisher(untilStop, { mutating, validating, writer });
  const now = Date.now;

  const controller: CertificateController =
    mode === 'self-managed'
      ? startRotation({
          secrets: buildSecretStore(untilStop, namespace, caSecret),
          trust,
          serve,
          dnsNames: [serviceName, `${serviceName}.${namespace}`, hostname],
          lifetimes: { ca: config.caLifetimeSeconds * 1000, leaf: config.leafLifetimeSeconds * 1000, settling },
          now,
          log,
        })
      : startFollowing({
          read: () => readCertificateFiles(certificateFolder),
          trust,
          serve,
          hostname,
          patience: { settling, lagging: laggingMs },
          now,
          log,
        });

  const secret =
    mode === 'self-managed'
      ? startListWatch({
          transport,
          collection: { path: `/api/v1/namespaces/${namespace}/secrets`, fieldSelector: `metadata.name=${caSecret}` },
          reduce: ({ metadata }) => metadata.resourceVersion,
          onChange: controller.notify,
          observer,
          log,
          timing: { resyncSeconds: config.resyncSeconds },
        })
      : undefined;
  const files =
    mode === 'self-managed' ? undefined : watchCertificateFiles(certificateFolder, filesEveryMs, controller.notify);

  const status = () => ({ ...controller.status(), mode });
  return {
    status,
    notify: controller.notify,
    notReady: () => toProblems(status()),
    async stop() {
      files?.stop();
      const kept = controller.stop();
      // Only after the controller is told to stop, so that it doesn't log the aborted requests as failures.
      stopping.abort();
      await Promise.all([kept, secret?.stop()]);
    },
  };
}

function toProblems({ mode, ready, missing, leafExpiresAt, problem }: ReturnType<Certificates['status']>): string[] {
  if (ready) return [];
  const unusable =
    problem === undefined ? [] : [`the certificate can't be used: ${problem.message} (${problem.reason})`];
  if (missing.length > 0)
    return [...unusable, ...missing.map((name) => `the webhook configuration ${name} does not exist`)];
  if (leafExpiresAt === undefined) return unusable.length > 0 ? unusable : ['there is no certificate yet'];
  if (leafExpiresAt <= Date.now())
    return [...unusable, `the certificate expired at ${new Date(leafExpiresAt).toISOString()}`];
  const writer = mode === 'cert-manager' ? ": cert-manager's cainjector has not written its CA into the caBundle" : '';
  return [...unusable, `the certificate is not trusted yet${writer}`];
}
