/**
 * The webhook's metrics: how many reviews, how they were answered, and how long that took.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { refusalReasons } from '../core/reasons.ts';
import type { AdmissionObserver, ObservedAnswer } from '../ports/observers.ts';

const webhooks = ['mutate', 'validate'] as const;

/** API servers wait for 5 s by default, and for 30 s at most. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From 1 KiB to the 20 MiB that are read at most. */
const sizes = [1, 4, 16, 64, 256, 1024, 4096, 20480].map((kibibytes) => kibibytes * 1024);

export function buildAdmissionMetrics(registers: Registry[]): AdmissionObserver {
  const reviews = new Counter({
    name: 'ssekms_admission_reviews_total',
    help: 'Reviews answered, by what was found (outcome), whether the write was allowed, and the first reason where something was wrong.',
    labelNames: ['webhook', 'outcome', 'allowed', 'reason'],
    registers,
  });
  const failures = new Counter({
    name: 'ssekms_admission_failures_total',
    help: 'Requests that got no answer to a review, by HTTP status; "aborted" where the API server hung up first. API servers repeat those answered 503; the failurePolicy decided the others.',
    labelNames: ['webhook', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'ssekms_admission_duration_seconds',
    help: 'From the headers of a request to the end of the answer, failures included.',
    labelNames: ['webhook'],
    buckets: durations,
    registers,
  });
  const size = new Histogram({
    name: 'ssekms_admission_request_size_bytes',
    help: 'Announced sizes of request bodies.',
    labelNames: ['webhook'],
    buckets: sizes,
    registers,
  });
  const reverted = new Counter({
    name: 'ssekms_admission_reverted_updates_total',
    help: 'Updates that the webhook changed back to exactly what was stored; a client that compares and repeats sends them without end.',
    registers,
  });
  const inFlight = { mutate: 0, validate: 0 };
  new Gauge({
    name: 'ssekms_admission_in_flight_requests',
    help: 'Requests whose answer is not out yet.',
    labelNames: ['webhook'],
    registers,
    collect() {
      for (const webhook of webhooks) this.set({ webhook }, inFlight[webhook]);
    },
  });

  for (const webhook of webhooks) {
    duration.zero({ webhook });
    size.zero({ webhook });
    for (const code of ['400', '413', '415', '500', '503', 'aborted']) failures.inc({ webhook, code }, 0);
    for (const { outcome, allowed, reason } of possible) {
      if (reason === 'NotInjected' && webhook === 'mutate') continue;
      reviews.inc({ webhook, outcome, allowed: String(allowed), reason }, 0);
    }
  }

  return {
    received(webhook, bytes) {
      inFlight[webhook] += 1;
      if (bytes !== undefined) size.observe({ webhook }, bytes);
    },
    answered(webhook, { outcome, allowed, reason }) {
      reviews.inc({ webhook, outcome, allowed: allowed ? 'true' : 'false', reason });
    },
    reverted: () => reverted.inc(),
    ended(webhook, code, seconds) {
      inFlight[webhook] -= 1;
      duration.observe({ webhook }, seconds);
      if (code < 200 || code > 299) failures.inc({ webhook, code: code === 0 ? 'aborted' : String(code) });
    },
  };
}

/** All possible answers; a test compares them with the webhook's own. */
const possible: readonly ObservedAnswer[] = [
  ...['immutable', 'noConfigFile', 'unassigned', 'unchanged', 'change'].map((outcome) => ({
    outcome,
    allowed: true,
    reason: '',
  })),
  ...[true, false].flatMap((allowed) => [
    { outcome: 'conflict', allowed, reason: 'Conflicted' },
    ...refusalReasons.map((reason) => ({ outcome: 'refused', allowed, reason })),
  ]),
  // Denied by the validating webhook alone.
  { outcome: 'change', allowed: false, reason: 'NotInjected' },
  { outcome: 'unreadable', allowed: false, reason: 'Unreadable' },
];
