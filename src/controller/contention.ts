/**
 * Contended objects: every replica counts the updates that it changed back and shares its counts; the leader adds the counts of
 * all replicas up. Nothing is written while there is nothing to share.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  buildRevertedCounter,
  type ObjectName,
  type RevertedCount,
  type RevertedUpdate,
  toContended,
  toId,
  windowMs,
} from '../core/contention.ts';
import type { ExchangeCounts } from '../ports/reverted-counts.ts';

export interface Contention {
  /** Counts an update that this replica changed back. */
  add(update: RevertedUpdate): void;
  /** Known to the leader alone; undefined for an object that isn't contended. */
  of(object: ObjectName): RevertedCount | undefined;
  all(): Iterable<RevertedCount>;
  /** From now on this replica also reads the counts of the others. */
  lead(onRead: (namespaces: ReadonlySet<string>) => void): void;
  follow(): void;
  stop(): Promise<void>;
}

export interface ContentionTiming {
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number;
  /** Between two exchanges. */
  readonly everyMs: number;
}

export interface ContentionOptions {
  /** Undefined where replicas have no place to share counts: then nothing is contended. */
  readonly exchange: ExchangeCounts | undefined;
  readonly log: Logger;
  readonly timing?: Partial<ContentionTiming> | undefined;
}

const usual: ContentionTiming = { now: () => performance.now(), everyMs: 10_000 };

/** Starts to exchange counts, until `stop`. */
export function startContention({ exchange, log, timing }: ContentionOptions): Contention {
  const { now, everyMs } = { ...usual, ...timing };
  const counter = buildRevertedCounter();
  const stopping = new AbortController();
  const { signal } = stopping;
  let contended = new Map<string, RevertedCount>();
  let onRead: ((namespaces: ReadonlySet<string>) => void) | undefined;
  /** Counts of this replica may be stored. */
  let hasShared = false;
  /** Undefined while exchanges succeed. */
  let failingSince: number | undefined;

  async function exchangeOnce(): Promise<void> {
    const own = counter.counts(now());
    if (exchange === undefined || (own.length === 0 && !hasShared && onRead === undefined)) return;
    hasShared ||= own.length > 0;
    try {
      const all = await exchange(own, signal);
      hasShared = own.length > 0;
      failingSince = undefined;
      update(toContended(all));
    } catch (err) {
      if (signal.aborted) return;
      if (failingSince === undefined) log.warn({ err }, 'could not exchange counts of reverted updates, trying again');
      failingSince ??= now();
      // What was read stays for a while, so that a single failure doesn't reset the alert.
      if (now() - failingSince > windowMs) update(new Map());
    }
  }

  function update(latest: Map<string, RevertedCount>): void {
    if (onRead === undefined) return;
    const namespaces = new Set([...contended.values(), ...latest.values()].map(({ namespace }) => namespace));
    contended = latest;
    if (namespaces.size > 0) onRead(namespaces);
  }

  async function run(): Promise<void> {
    for (;;) {
      try {
        await sleep(everyMs, undefined, { signal, ref: false });
      } catch {
        return;
      }
      await exchangeOnce();
    }
  }

  const running = run();
  return {
    add: (update) => counter.add(update, now()),
    of: (object) => (contended.size === 0 ? undefined : contended.get(toId(object))),
    all: () => contended.values(),
    lead(listener) {
      onRead = listener;
      void exchangeOnce();
    },
    follow() {
      onRead = undefined;
      contended = new Map();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
