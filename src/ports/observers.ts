/**
 * What each part reports for metrics. An observer is called often: it must be cheap and must not throw.
 */

/** Which of the two webhooks: the path without its slash. */
export type WebhookName = 'mutate' | 'validate';

/** The outcome of a review. */
export interface ObservedAnswer {
  /** One of a fixed few, for example `change`. */
  readonly outcome: string;
  readonly allowed: boolean;
  /** The first of src/core/reasons.ts; empty where there is none. */
  readonly reason: string;
}

export interface AdmissionObserver {
  /** The headers are read; `bytes` is the announced size of the body, undefined where none is announced. */
  readonly received: (webhook: WebhookName, bytes: number | undefined) => void;
  readonly answered: (webhook: WebhookName, answer: ObservedAnswer) => void;
  /** An update was changed back to exactly what is stored. */
  readonly reverted: () => void;
  /** Nothing more will be sent. `code` is the HTTP status; 0 where the API server hung up before. */
  readonly ended: (webhook: WebhookName, code: number, seconds: number) => void;
}

/** What happens to a list-watch: a complete list, a watch opened, a version that expired (410), another failure. */
export type WatchStep = 'listed' | 'opened' | 'expired' | 'failed';

export interface WatchObserver {
  readonly step: (step: WatchStep) => void;
  /** It has stopped for good. */
  readonly stopped: () => void;
}

export interface ApiServerObserver {
  /** A request was answered with an HTTP status; undefined where no answer came. The seconds end with the head of the answer. */
  readonly requested: (method: string, status: number | undefined, seconds: number) => void;
  /** A list-watch of a resource (`configmaps`) has started; the returned observer is called for each step. */
  readonly watching: (resource: string, secondsSinceSync: () => number) => WatchObserver;
}

export interface QueueObserver {
  /** A key became ready that was not before. */
  readonly added: () => void;
  /** A key was deferred: after a failure, or because it is to be worked on again. */
  readonly retried: () => void;
  /** A key was worked on; false where that failed as a whole. */
  readonly worked: (seconds: number, succeeded: boolean) => void;
}

export interface ControllerObserver {
  readonly configObjects: QueueObserver;
  /** The queue of assignments whose status is written. */
  readonly assignments: QueueObserver;
  /** A config object was readmitted, or read where it must not be readmitted; `outcome` is one of a fixed few. */
  readonly readmitted: (outcome: string) => void;
}
