/**
 * The metrics' part of the wiring: what is looked up at a scrape, and the port where Prometheus finds it.
 */
import type { Logger } from 'pino';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config } from '../config/command-line.ts';
import type { Operator } from '../controller/operator.ts';
import { listen } from '../http/listen.ts';
import { buildMetricsEndpoint } from '../http/metrics-endpoint.ts';
import { buildMetrics, type Metrics } from '../metrics/registry.ts';
import type { CertificateState } from '../ports/metrics-snapshot.ts';

/** Builds the metrics and their observers; they exist before the parts that report to them. */
export function createMetrics(): Metrics {
  return buildMetrics({ version: packageJson.version, node: process.versions.node });
}

export interface Measured {
  readonly ready: () => boolean;
  readonly leads: () => boolean;
  readonly operator: Operator;
  readonly certificates: { status(): CertificateState };
}

/** Serves the metrics, unless the configuration disables it. The returned function stops the server. @throws as `listen` does */
export async function serveMetrics(
  metrics: Metrics,
  { ready, leads, operator, certificates }: Measured,
  { bindAddress, metricsPort }: Config,
  log: Logger,
): Promise<() => Promise<void>> {
  metrics.observeState({
    ready,
    leading: leads,
    queued: operator.queued,
    configObjects: operator.countConfigObjects,
    contended: operator.countContended,
    assignments: operator.countAssignments,
    keys: operator.countKeys,
    certificate: certificates.status,
  });
  if (metricsPort === 0) return async () => {};
  const endpoint = buildMetricsEndpoint(metrics.scrape, log);
  await listen(endpoint, bindAddress, metricsPort);
  log.info({ bindAddress, metricsPort }, 'serving metrics');
  return () => endpoint.close();
}
