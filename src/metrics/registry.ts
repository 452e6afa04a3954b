/**
 * Everything the operator measures of itself: a registry of its own, the observers that the parts are given, and the text that Prometheus reads.
 *
 * Names follow Prometheus' conventions (base units, `_total` for counters) and begin with `ssekms_`. No label holds what a user of the cluster chooses
 * (namespaces, ConfigMaps, users): how many series there are is the administrator's business alone. Series that an alert takes the
 * increase of are there from the start, since Prometheus can't see the step from nothing to 1.
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
  /** What is looked up at each scrape; call it once, before the first. */
  observeState(state: State): void;
  /** All there is, whether it has a series yet or not; after `observeState`. */
  describe(): readonly Description[];
  /** The text exposition format, and its content type. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function buildMetrics({ version, node }: BuildInfo): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // Gauges under a counter's name, which Prometheus' own linter objects to; the same numbers stand under the names without it, by type.
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
        // Its types leave out the labels, and have the type as a number that it isn't.
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
