/**
 * All metrics of the operator: its own registry, the observers that the other parts call, and the text for Prometheus.
 *
 * Names follow Prometheus' conventions (base units, `_total` for counters) and begin with `ssekms_`. No label holds a name that
 * a user of the cluster chooses (namespaces, ConfigMaps, users), so only administrators influence the number of series. Series
 * that an alert computes the increase of exist from the start, since Prometheus can't see a step from no series to 1.
 */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { AdmissionObserver, ApiServerObserver, ControllerObserver } from '../ports/observers.ts';
import { buildAdmissionMetrics } from './admission.ts';
import { buildApiServerMetrics } from './api-server.ts';
import { buildControllerMetrics } from './controller.ts';
import { buildStateMetrics, type State } from './state.ts';

export interface BuildInfo {
  /** Of the operator. */
  readonly version: string;
  /** Of Node. */
  readonly node: string;
}

export interface Description {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface Metrics {
  readonly admission: AdmissionObserver;
  readonly apiServer: ApiServerObserver;
  readonly controller: ControllerObserver;
  /** Adds the metrics that are looked up at each scrape. Call it once, before the first scrape. */
  observeState(state: State): void;
  /** All metrics, with or without series. Call it after `observeState`. */
  describe(): readonly Description[];
  /** The text exposition format, and its content type. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Builds the registry with all metrics that need no state; `observeState` adds the others. */
export function buildMetrics({ version, node }: BuildInfo): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // These gauges have names of counters, which Prometheus' linter refuses. The metrics without `_total` give the same numbers by type.
  for (const name of ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total']) {
    registry.removeSingleMetric(name);
  }
  new Gauge({
    name: 'ssekms_build_info',
    help: 'Always 1; the labels say which version runs, on which version of Node.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version, node_version: node }, 1);
  return {
    admission: buildAdmissionMetrics(registers),
    apiServer: buildApiServerMetrics(registers),
    controller: buildControllerMetrics(registers),
    observeState: (state) => buildStateMetrics(registers, state),
    describe: () =>
      registry.getMetricsAsArray().map((metric) => {
        // prom-client's types lack `labelNames`, and wrongly declare `type` as a number.
        const { name, type, help, labelNames } = metric as unknown as Omit<Description, 'labels'> & {
          readonly labelNames: readonly string[];
        };
        return { name, type, help, labels: labelNames };
      }),
    async scrape() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
