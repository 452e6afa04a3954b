/**
 * Metrics of requests to the API server, and of the list-watches that fill the caches.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ApiServerObserver, WatchStep } from '../ports/observers.ts';

const steps: readonly WatchStep[] = ['listed', 'opened', 'expired', 'failed'];
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function buildApiServerMetrics(registers: Registry[]): ApiServerObserver {
  const requests = new Counter({
    name: 'ssekms_apiserver_requests_total',
    help: 'Requests to the API server by HTTP status; "none" where no answer came.',
    labelNames: ['method', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'ssekms_apiserver_request_duration_seconds',
    help: 'From a request to the head of its answer.',
    labelNames: ['method'],
    buckets: durations,
    registers,
  });
  const watchSteps = new Counter({
    name: 'ssekms_watch_steps_total',
    help: 'What list-watches went through: a complete list (listed), a watch opened, its version expired (410), a list or watch that failed.',
    labelNames: ['resource', 'step'],
    registers,
  });
  const ages = new Map<object, { readonly resource: string; readonly secondsSinceSync: () => number }>();
  new Gauge({
    name: 'ssekms_watch_sync_age_seconds',
    help: 'Seconds since the API server last proved that all changes of a resource are seen, or that a list of it gets on; of several list-watches the longest.',
    labelNames: ['resource'],
    registers,
    collect() {
      this.reset();
      const longest = new Map<string, number>();
      for (const { resource, secondsSinceSync } of ages.values()) {
        longest.set(resource, Math.max(longest.get(resource) ?? 0, secondsSinceSync()));
      }
      for (const [resource, seconds] of longest) this.set({ resource }, seconds);
    },
  });

  for (const method of ['GET', 'PATCH', 'PUT', 'POST']) {
    duration.zero({ method });
    for (const code of ['200', '403', '409', '429', '500', '503', 'none']) requests.inc({ method, code }, 0);
  }

  return {
    requested(method, status, seconds) {
      requests.inc({ method, code: status === undefined ? 'none' : String(status) });
      duration.observe({ method }, seconds);
    },
    watching(resource, secondsSinceSync) {
      for (const step of steps) watchSteps.inc({ resource, step }, 0);
      const key = {};
      ages.set(key, { resource, secondsSinceSync });
      return {
        step: (step) => watchSteps.inc({ resource, step }),
        stopped: () => void ages.delete(key),
      };
    },
  };
}
