/**
 * A list-watch that never dies: keeps a small digest of each object of a collection, whatever happens to the server.
 *
 * list in pages → reduce each object at once → watch with bookmarks from the list's version → list again when the
 * version expired (410), and every ten minutes in any case. No raw object outlives its reduction. client-node's informer
 * is not used: it stops for good on any error but 410, keeps whole objects, reads no pages and asks for no bookmarks.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Backoff, backoffDelay } from '../core/backoff.ts';
import { hasStatus } from './errors.ts';
import { type Collection, type KubeObject, readPage } from './list.ts';
import type { Transport } from './transport.ts';
import { openWatch } from './watch.ts';

export interface ListWatchOptions<T> {
  readonly transport: Transport;
  readonly collection: Collection;
  /**
   * What is kept of an object; `undefined` keeps nothing, as if it didn't exist. `before` is what was kept of its last
   * version. Called once for each object of a list and each event.
   */
  readonly reduce: (object: KubeObject, before: T | undefined) => T | undefined;
  /** Called when what is kept under a key (`name` or `namespace/name`) changed; not when `reduce` gave `before` back. */
  readonly onChange?: (key: string, before: T | undefined, after: T | undefined) => void;
  /** Called after every complete list, once its changes were told. */
  readonly onListed?: () => void;
  readonly log: Logger;
  readonly timing?: Partial<Timing>;
  /** Objects a page; 500 where nothing is said. */
  readonly pageSize?: number;
}

/** All in seconds, but for the back-off. */
export interface Timing {
  /** Between two complete lists. */
  readonly relistSeconds: number;
  /** How long one watch lasts; the real length is spread over the last fifth of it. */
  readonly watchSeconds: number;
  /** Bookmarks come once a minute, so more than two missing ones mean a dead connection. */
  readonly silenceSeconds: number;
  readonly backoff: Backoff;
}

export interface ListWatch<T> {
  get(key: string): T | undefined;
  entries(): IterableIterator<[string, T]>;
  readonly size: number;
  /** True once the first list is complete. */
  listed(): boolean;
  /** Seconds since the server last proved that we see everything: a complete list, a watch opened, an event. */
  secondsSinceSync(): number;
  /** Ends the watch; nothing is called back afterwards. */
  stop(): Promise<void>;
}

const usual: Timing = {
  relistSeconds: 600,
  watchSeconds: 300,
  silenceSeconds: 150,
  backoff: { firstMs: 500, maxMs: 30_000 },
};

/** After so many milliseconds of reducing, others get a turn: the webhook answers on the same thread. */
const turnMs = 10;

export function startListWatch<T>(options: ListWatchOptions<T>): ListWatch<T> {
  const { transport, collection, reduce, onChange, onListed, log, pageSize = 500 } = options;
  const timing: Timing = { ...usual, ...options.timing };
  const digests = new Map<string, T>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let listed = false;
  let syncedAt = performance.now();
  let turnEnds = 0;
  let failures = 0;

  function keep(key: string, before: T | undefined, after: T | undefined): void {
    if (before === after) return;
    if (after === undefined) digests.delete(key);
    else digests.set(key, after);
    onChange?.(key, before, after);
  }

  /** One bad object, or a bug that one object brings to light, must not blind us to all others. */
  function guarded(key: string, step: () => void): void {
    if (signal.aborted) return;
    try {
      step();
    } catch (error) {
      log.error({ err: error, path: collection.path, key }, 'an object could not be taken in');
    }
  }

  function take(key: string, object: KubeObject): void {
    guarded(key, () => {
      const before = digests.get(key);
      keep(key, before, reduce(object, before));
    });
  }

  async function yieldTurn(): Promise<void> {
    if (performance.now() < turnEnds) return;
    await nextTurn();
    turnEnds = performance.now() + turnMs;
  }

  async function pause(error: unknown): Promise<void> {
    failures += 1;
    const retryAfter = hasStatus(error, 429) || hasStatus(error, 503) ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const delayMs = Math.round(Math.max(retryAfter, backoffDelay(failures, timing.backoff, Math.random())));
    log.warn({ err: error, path: collection.path, failures, delayMs }, 'list or watch failed, trying again');
    await sleep(delayMs, undefined, { signal });
  }

  /** Tries until it works, is told to stop, or meets what another try can't cure. */
  async function attempt<R>(request: () => Promise<R>): Promise<R> {
    for (;;) {
      try {
        const answer = await request();
        failures = 0;
        return answer;
      } catch (error) {
        if (signal.aborted || hasStatus(error, 410)) throw error;
        await pause(error);
      }
    }
  }

  /** The list's resource version. What an unfinished list took in stays; what it didn't show goes only at the end. */
  async function list(): Promise<string> {
    const seen = new Set<string>();
    const { silenceSeconds } = timing;
    let token: string | undefined;
    let resourceVersion: string;
    do {
      const request = { limit: pageSize, token, silenceSeconds, signal };
      const takeListed = async (object: KubeObject) => {
        const key = keyOf(object);
        seen.add(key);
        take(key, object);
        await yieldTurn();
      };
      // Each page is tried by itself, so that a failure doesn't start the list anew.
      ({ token, resourceVersion } = await attempt(() => readPage(transport, collection, request, takeListed)));
    } while (token !== undefined);
    for (const [key, before] of [...digests]) {
      if (!seen.has(key)) guarded(key, () => keep(key, before, undefined));
    }
    return resourceVersion;
  }

  /** Takes events in until the server ends the watch. The version to go on from is kept up to date in `place`. */
  async function follow(place: { version: string }, untilMs: number): Promise<void> {
    const lasts = Math.min(timing.watchSeconds * (0.8 + 0.2 * Math.random()), (untilMs - performance.now()) / 1000);
    const timeoutSeconds = Math.max(1, Math.ceil(lasts));
    const { silenceSeconds } = timing;
    const resourceVersion = place.version;
    const events = await openWatch(transport, collection, { resourceVersion, timeoutSeconds, silenceSeconds, signal });
    syncedAt = performance.now();
    for await (const { type, object } of events) {
      if (signal.aborted) return;
      syncedAt = performance.now();
      failures = 0;
      const key = keyOf(object);
      if (type === 'DELETED') guarded(key, () => keep(key, digests.get(key), undefined));
      else if (type !== 'BOOKMARK') take(key, object);
      place.version = object.metadata.resourceVersion ?? place.version;
      await yieldTurn();
    }
  }

  async function listThenFollow(): Promise<void> {
    const place = { version: await list() };
    syncedAt = performance.now();
    listed = true;
    if (onListed !== undefined) guarded('', onListed);
    const relistAtMs = performance.now() + timing.relistSeconds * 1000;
    while (!signal.aborted && performance.now() < relistAtMs) {
      const openedAt = performance.now();
      try {
        await follow(place, relistAtMs);
        // A server that ends every watch at once is going down: don't knock in a tight loop.
        if (performance.now() - openedAt < 500) await pause(new Error('the watch ended at once'));
      } catch (error) {
        if (signal.aborted || hasStatus(error, 410)) throw error;
        await pause(error);
      }
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await listThenFollow();
      } catch (error) {
        if (signal.aborted) return;
        if (hasStatus(error, 410)) log.info({ path: collection.path }, 'the resource version expired, listing anew');
        else log.error({ err: error, path: collection.path }, 'the list-watch broke, starting anew');
        await pause(error).catch(() => {});
      }
    }
  }

  const running = run();
  return {
    get: (key) => digests.get(key),
    entries: () => digests.entries(),
    get size() {
      return digests.size;
    },
    listed: () => listed,
    secondsSinceSync: () => (performance.now() - syncedAt) / 1000,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
