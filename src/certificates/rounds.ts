/**
 * The loop that keeps certificates right: looks, does what is due until nothing is, and looks again when it is time.
 *
 * Level-based: notifications and timers only say "reconcile now". Whatever fails is tried again with back-off.
 */
import type { Logger } from 'pino';
import { backoffDelay } from '../core/backoff.ts';
import { buildSleeper } from './sleeper.ts';

const retry = { firstMs: 200, maxMs: 30_000 };
/** Rounds are at least this far apart, so that a storm of notifications is one round; further after a failure. */
const spacing = { usualMs: 50, failedMs: 1_000 };
/** Without any notification a round begins this often. */
const longestSleepMs = 5 * 60_000;
/** Steps in one round; more means that others write as fast as we do. */
const mostSteps = 20;

/** At most one round of caBundle writes in this time: whoever else writes what we write, or clears it, gets no duel. */
export const publishingMs = 1_000;

/** Reads, decides, and does the one thing that is due. */
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

  /** Answers in how many milliseconds the next round begins. */
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
        // What was in flight may have been given up.
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
