/**
 * What goes on between us and the API server, told to whoever measures it. Observers must be cheap, and never throw.
 */

export interface KubeObserver {
  /** A request was answered with an HTTP status; undefined where no answer came. The seconds end with the head of the answer. */
  readonly requested: (method: string, status: number | undefined, seconds: number) => void;
  /** A list-watch of a resource (`configmaps`) has started; what it returns is told of each step. */
  readonly watching: (resource: string, secondsSinceSync: () => number) => WatchObserver;
}

export interface WatchObserver {
  /** A complete list, a watch opened, a resource version that expired (410), a list or watch that failed otherwise. */
  readonly step: (step: 'listed' | 'opened' | 'expired' | 'failed') => void;
  /** It has stopped for good. */
  readonly stopped: () => void;
}

export const nobody: KubeObserver = { requested() {}, watching: () => ({ step() {}, stopped() {} }) };
