/**
 * The operator as one service: caches, certificates, webhook and probes, started together and stopped in order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { loadKubeConfig } from '../cluster/client.ts';
import { buildClusterClient } from '../cluster/cluster-client.ts';
import { buildTransport } from '../cluster/transport.ts';
import type { Config } from '../config/command-line.ts';
import { startOperator } from '../controller/operator.ts';
import { listen } from '../http/listen.ts';
import { buildProbes } from '../http/probes.ts';
import { build } from '../http/webhook-server.ts';
import { startCertificates } from './certificates.ts';
import { toKeyVerification } from './keys.ts';
import { startLeadership } from './leadership.ts';
import { createMetrics, serveMetrics } from './metrics.ts';

export interface Service {
  /**
   * Fails readiness, keeps answering until the endpoints have changed, then closes: API servers keep connections to
   * terminating pods (kubernetes#127335). Resolves when nothing is left running.
   */
  stop(): Promise<void>;
}

/** Starts everything; the probes tell when it is ready. @throws Error where the kubeconfig can't be read or a port can't be opened. */
export async function startService(config: Config, log: Logger): Promise<Service> {
  const { files, concurrency, bindAddress, podName } = config;
  const metrics = createMetrics();
  const transport = buildTransport(loadKubeConfig(config.kubeConfig), { observer: metrics.apiServer });
  const client = buildClusterClient({
    transport,
    webhookConfiguration: config.mutatingWebhookConfiguration,
    validatingConfiguration: config.validatingWebhookConfiguration,
    secrets: config.secrets,
    reports: config.reports,
    onWebhookConfigurations: () => certificates.notify(),
    podName,
    contentionLease: { namespace: config.namespace, name: config.contentionLeaseName, replica: podName },
    log,
    observer: metrics.apiServer,
    timing: { resyncSeconds: config.resyncSeconds },
  });
  const keys = toKeyVerification(config);
  const operator = startOperator({ client, files, concurrency, keys, observer: metrics.controller, log });
  const webhook = build({
    files,
    resolver: operator,
    docsUrl: config.docsUrl,
    observer: metrics.admission,
    onReverted: operator.addReverted,
    log,
  });
  const serve = ({ certificate, key }: { certificate: string; key: string }) =>
    webhook.useCertificate({ cert: certificate, key });
  const certificates = startCertificates(config, transport, serve, metrics.apiServer, log);
  let draining = false;

  const notReady = () => [
    ...(draining ? ['shutting down'] : []),
    ...(operator.synced() ? [] : ['assignments, namespaces and the webhook configuration are not listed yet']),
    ...certificates.notReady(),
  ];
  const probes = buildProbes({
    unhealthy: () => {
      const seconds = Math.round(operator.secondsSinceSync());
      return seconds > config.staleSeconds ? [`the API server has told nothing for ${seconds} s`] : [];
    },
    notReady,
    log,
  });
  await listen(webhook, bindAddress, config.webhookPort);
  await listen(probes, bindAddress, config.probePort);
  log.info({ bindAddress, webhookPort: config.webhookPort, probePort: config.probePort }, 'listening');
  const leadership = startLeadership(config, transport, operator, log);
  const measured = { ready: () => notReady().length === 0, leads: leadership.leads, operator, certificates };
  const stopMetrics = await serveMetrics(metrics, measured, config, log);

  return {
    async stop() {
      draining = true;
      webhook.drain();
      await Promise.all([leadership.stop(), sleep(config.drainSeconds * 1000)]);
      await webhook.quiet();
      await webhook.close();
      await Promise.all([operator.stop(), certificates.stop()]);
      await stopMetrics();
      await probes.close();
      transport.close();
    },
  };
}
