/**
 * What the clients saw while something was done to the operator.
 */

export interface Failure {
  /** Milliseconds since the phase began. */
  readonly afterMs: number;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly message: string;
}

export interface Phase {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  requests: number;
  readonly failures: Failure[];
  /** ConfigMaps that were stored without the assigned key. */
  withoutKey: number;
  /** Milliseconds. */
  slowest: number;
}
