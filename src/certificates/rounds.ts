/**
 * The reconcile loop of the certificates. A round carries out steps until none is due; the next round begins after a
 * notification or at the next due time.
 *
 * Level-based: notifications and timers only say "reconcile now". A failed round is tried again with back-off.
 */
import type { Logger } from 'pino';
import { backoffDelay } from '../core/backoff.ts';
import { buildSleeper } from './sleeper.ts';

const retry = { firstMs: 200, maxMs: 30_000 };
/** Rounds are at least this far apart, so that a storm of notifications is one round; further after a failure. */
const spacing = { usualMs: 50, failedMs: 1_000 };
/** Without any notification a round begins this often. */
const longestSleepMs = 5 * 60_000;
/** The most steps in one round. More means that another writer keeps changing the same objects. */
const mostSteps = 20;

/** At most one round of caBundle writes in this time, so that two writers of one caBundle don't overwrite each other in a tight loop. */
export const publishingMs = 1_000;

/** Reads the state, decides, and carries out one step. */
export type ReconcileStep = () => Promise<'done' | RequeueAfter>;

/** Nothing is due, or must not be done yet. */
export interface RequeueAfter {
  readonly inMs: number;
}

export interface RoundsOptions {
  /** Begins a round: its steps are run one after the other, until one says when to begin the next round. */
  readonly reconcile: () => ReconcileStep;
  readonly log: Logger;
}

export interface Rounds {
  /** Rounds that failed in a row. */
  failures(): number;
  wake(): void;
  /** Resolves when nothing is in flight any more. */
  stop(): Promise<void>;
}

/** Starts the loop; the first round begins at once. */
export function startRounds({ reconcile, log }: RoundsOptions): Rounds {
  const sleeper = buildSleeper();
  let failures = 0;

  /** Returns the milliseconds until the next round. */
  async function reconcileOnce(): Promise<number> {
    const step = reconcile();
    for (let steps = 0; steps < mostSteps && !sleeper.stopped(); steps++) {
      const outcome = await step();
      if (outcome !== 'done') return outcome.inMs;
    }
    if (sleeper.stopped()) return 0;
    throw new Error(`not settled after ${mostSteps} steps: others are writing the same objects`);
  }

  async function run(): Promise<void> {
    while (!sleeper.stopped()) {
      try {
        const delay = await reconcileOnce();
        failures = 0;
        await sleeper.sleep(spacing.usualMs, Math.min(delay, longestSleepMs));
      } catch (error) {
        // At a stop, requests in flight may have been aborted.
        if (sleeper.stopped()) return;
        failures += 1;
        const delay = backoffDelay(failures, retry, Math.random());
        log.warn({ err: error, failures, retryInMs: Math.round(delay) }, 'could not bring the certificates up to date');
        await sleeper.sleep(Math.min(delay, spacing.failedMs), delay);
      }
    }
  }

  const running = run();
  return {
    failures: () => failures,
    wake: () => sleeper.wake(),
    async stop() {
      sleeper.stop();
      await running;
    },
  };
}
