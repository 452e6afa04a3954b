/**
 * A work queue by key: each key once at a time, so many keys at once, failures later and later.
 */
import type { Logger } from 'pino';
import { type Backoff, backoffDelay } from '../core/backoff.ts';
import type { QueueObserver } from '../ports/observers.ts';

/** What is left of a key after one run. */
export type Requeue =
  | { readonly kind: 'nothing' }
  /** More to do at once, after the other keys had their turn. */
  | { readonly kind: 'more' }
  /** Look again after so many milliseconds, or sooner if the key is added. */
  | {
      readonly kind: 'later';
      readonly inMs: number;
      /** Not sooner, even if the key is added: what fails isn't to be tried at each change of something else. */
      readonly firm?: boolean;
    };

export interface QueueOptions {
  /** Keys worked on at once. */
  readonly concurrency: number;
  /** A rejection is a failure of the key as a whole, tried again after a back-off of its own. */
  readonly work: (key: string) => Promise<Requeue>;
  readonly backoff: Backoff;
  /** A key that failed isn't tried before its back-off is over, even if it is added. */
  readonly firm?: boolean;
  /** For metrics. */
  readonly observer?: QueueObserver | undefined;
  readonly log: Logger;
}

export interface Queue {
  /** Adds a key, unless it is waiting already; one that is being worked on is run once more afterwards. */
  add(key: string): void;
  /** Keys that wait or are being worked on; those that were put off don't count. */
  readonly size: number;
  /** Starts nothing more, and resolves when what was started has ended. */
  stop(): Promise<void>;
}

export function startQueue(options: QueueOptions): Queue {
  const { concurrency, work, backoff, log, observer } = options;
  /** In the order in which they were added. */
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const timers = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();
  /** Put off, come what may. */
  const firm = new Set<string>();
  let starting = false;
  let stopped = false;

  function add(key: string): void {
    if (stopped || firm.has(key)) return;
    clearTimeout(timers.get(key));
    timers.delete(key);
    if (!waiting.has(key)) observer?.added();
    waiting.add(key);
    startSoon();
  }

  /** Not at once: what is added together is taken together, and nobody who adds a key is surprised by its work. */
  function startSoon(): void {
    if (starting) return;
    starting = true;
    queueMicrotask(startNext);
  }

  function addLater(key: string, inMs: number): void {
    // Added again meanwhile, it runs at once anyway; a timer would only run it twice.
    if (stopped || waiting.has(key)) return;
    clearTimeout(timers.get(key));
    observer?.retried();
    const isTime = () => {
      firm.delete(key);
      add(key);
    };
    timers.set(key, setTimeout(isTime, inMs).unref());
  }

  function putOff(key: string, inMs: number): void {
    waiting.delete(key);
    addLater(key, inMs);
    firm.add(key);
  }

  function startNext(): void {
    starting = false;
    for (const key of waiting) {
      if (stopped || running.size >= concurrency) return;
      if (running.has(key)) continue;
      waiting.delete(key);
      running.set(key, run(key));
    }
  }

  async function run(key: string): Promise<void> {
    // So that it is known as running before it can end.
    await null;
    const startedAt = performance.now();
    const tell = (succeeded: boolean) => observer?.worked((performance.now() - startedAt) / 1000, succeeded);
    try {
      const requeue = await work(key);
      tell(true);
      failures.delete(key);
      // Whatever work there is, timers and sockets have their turn in between.
      if (requeue.kind === 'more') setImmediate(add, key);
      if (requeue.kind === 'later' && requeue.firm) putOff(key, requeue.inMs);
      else if (requeue.kind === 'later') addLater(key, requeue.inMs);
    } catch (error) {
      if (stopped) return;
      tell(false);
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const delayMs = Math.round(backoffDelay(count, backoff, Math.random()));
      log.error({ err: error, key, failures: count, delayMs }, 'a key failed, trying again');
      if (options.firm) putOff(key, delayMs);
      else addLater(key, delayMs);
    } finally {
      running.delete(key);
      startSoon();
    }
  }

  return {
    add,
    get size() {
      return waiting.size + running.size;
    },
    async stop() {
      stopped = true;
      waiting.clear();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(running.values());
    },
  };
}
