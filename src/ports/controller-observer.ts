/**
 * What the leader's part tells of its work, for metrics. Observers must be cheap, and never throw.
 */
import type { Outcome } from '../controller/compliance.ts';

export interface QueueObserver {
  /** A key waits that didn't before. */
  readonly added: () => void;
  /** A key was put off: after a failure, or because something of it is to be tried again. */
  readonly retried: () => void;
  /** A key was worked on; false where that failed as a whole. */
  readonly worked: (seconds: number, succeeded: boolean) => void;
}

export interface OperatorObserver {
  readonly namespaces: QueueObserver;
  /** Whose statuses are written. */
  readonly assignments: QueueObserver;
  /** A ConfigMap was readmitted, or read where that must not be. */
  readonly readmitted: (outcome: Outcome | 'gone') => void;
}

const noQueue: QueueObserver = { added() {}, retried() {}, worked() {} };
export const nobody: OperatorObserver = { namespaces: noQueue, assignments: noQueue, readmitted() {} };
