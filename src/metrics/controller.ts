/**
 * The leader's metrics: its two queues, how long their work takes, and the outcomes of readmissions.
 */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { ControllerObserver, QueueObserver } from '../ports/observers.ts';

/** The queue of config objects to reconcile, and the queue of assignments whose status is written. */
type QueueName = 'configObjects' | 'assignments';

const queues: readonly QueueName[] = ['configObjects', 'assignments'];
const results = ['success', 'error'];
const outcomes = [
  'compliant',
  'outdated',
  'pending',
  'refused',
  'immutable',
  'otherStore',
  'wouldChange',
  'failed',
  'gone',
];
const durations = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

export function buildControllerMetrics(registers: Registry[]): ControllerObserver {
  const duration = new Histogram({
    name: 'ssekms_reconcile_duration_seconds',
    help: 'Time to work on one key of a queue: a ConfigMap or Secret, or the status of an assignment.',
    labelNames: ['queue', 'result'],
    buckets: durations,
    registers,
  });
  const adds = new Counter({
    name: 'ssekms_queue_adds_total',
    help: 'Keys that were added to a queue.',
    labelNames: ['queue'],
    registers,
  });
  const retries = new Counter({
    name: 'ssekms_queue_retries_total',
    help: 'Keys that were deferred, to be worked on again.',
    labelNames: ['queue'],
    registers,
  });
  const readmissions = new Counter({
    name: 'ssekms_readmissions_total',
    help: 'ConfigMaps that were readmitted (the empty patch), by what that came to.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of outcomes) readmissions.inc({ outcome }, 0);

  function observe(queue: QueueName): QueueObserver {
    adds.inc({ queue }, 0);
    retries.inc({ queue }, 0);
    for (const result of results) duration.zero({ queue, result });
    return {
      added: () => adds.inc({ queue }),
      retried: () => retries.inc({ queue }),
      worked: (seconds, succeeded) => duration.observe({ queue, result: succeeded ? 'success' : 'error' }, seconds),
    };
  }

  const [configObjects, assignments] = queues.map(observe) as [QueueObserver, QueueObserver];
  return { configObjects, assignments, readmitted: (outcome) => readmissions.inc({ outcome }) };
}
