/**
 * A list-watch that never gives up: it keeps a small digest of each object of a collection, whatever happens to the server.
 *
 * list (complete-list.ts) → reduce each object at once → watch with bookmarks from the list's version → list again when the
 * version expired (410 Gone), and every ten minutes in any case (resync). Objects are not kept after `reduce`. client-node's
 * informer is not used: it stops for good on any error but 410, keeps whole objects, reads no pages and asks for no bookmarks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffDelay } from '../core/backoff.ts';
import { isOlder } from '../core/resource-version.ts';
import type { ApiServerObserver } from '../ports/observers.ts';
import { buildCompleteList } from './complete-list.ts';
import { buildDigests, type DigestsOptions } from './digests.ts';
import { hasStatus, isRetriable } from './errors.ts';
import type { Collection } from './list.ts';
import type { Transport } from './transport.ts';
import { openWatch } from './watch.ts';

export interface ListWatchOptions<T> extends DigestsOptions<T> {
  readonly transport: Transport;
  readonly collection: Collection;
  /**
   * Called after every complete list, once `onChange` was called for its changes. `rewound`: the list's version is older than
   * one seen before, since etcd was restored from a backup.
   */
  readonly onListed?: (rewound: boolean) => void;
  readonly timing?: Partial<Timing>;
  /** Objects in a page; default: 500. */
  readonly pageSize?: number;
  /** For metrics. */
  readonly observer?: Pick<ApiServerObserver, 'watching'>;
}

/** All in seconds, except the back-off. */
export interface Timing {
  /** Between two complete lists; with jitter, 90 to 100 % of it. */
  readonly resyncSeconds: number;
  /** The length of one watch; with jitter, 80 to 100 % of it. */
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
  /**
   * Seconds since the last proof that the cache is up to date (a complete list, a watch opened, an event), or that a list makes
   * progress: it got further than every list since the last complete one. So a long list on a slow server counts as progress,
   * and a list that fails and restarts again and again doesn't.
   */
  secondsSinceSync(): number;
  /** Ends the watch; nothing is called back afterwards. */
  stop(): Promise<void>;
}

const usual: Timing = {
  resyncSeconds: 600,
  watchSeconds: 300,
  silenceSeconds: 150,
  backoff: { firstMs: 500, maxMs: 30_000 },
};

/** A longer Retry-After, for example of a misconfigured proxy, would leave the cache out of date for too long. */
const longestRetryAfterMs = 60_000;

/** Starts the list-watch; it runs until `stop` and never throws. */
export function startListWatch<T>(options: ListWatchOptions<T>): ListWatch<T> {
  const { transport, collection, onListed, pageSize = 500, observer } = options;
  const log = options.log.child({ path: collection.path });
  const timing: Timing = { ...usual, ...options.timing };
  const { silenceSeconds } = timing;
  const digests = buildDigests({ ...options, log });
  const stopping = new AbortController();
  const { signal } = stopping;
  let listed = false;
  /** The last resource version of lists and watches. */
  let seenVersion = '';
  let syncedAt = performance.now();
  /** Failures in a row, until a watch has worked. */
  let failures = 0;
  const secondsSinceSync = () => (performance.now() - syncedAt) / 1000;
  const resource = collection.path.slice(collection.path.lastIndexOf('/') + 1);
  const observed = observer?.watching(resource, secondsSinceSync);
  const onProgress = () => {
    syncedAt = performance.now();
  };
  const listing = { transport, collection, pageSize, silenceSeconds, signal, attempt, onProgress };
  const completeList = buildCompleteList(listing);

  async function pause(error: unknown): Promise<void> {
    failures += 1;
    observed?.step(hasStatus(error, 410) ? 'expired' : 'failed');
    const retryAfter = hasStatus(error, 429) || hasStatus(error, 503) ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const asked = Math.min(retryAfter, longestRetryAfterMs);
    const delayMs = Math.round(Math.max(asked, backoffDelay(failures, timing.backoff, Math.random())));
    log.warn({ err: error, failures, delayMs }, 'list or watch failed, trying again');
    await sleep(delayMs, undefined, { signal });
  }

  /**
   * Retries a request until it succeeds. Throws after a stop, and on 410, which a retry can't solve. A success resets only the
   * failures of this request: where each watch is refused after a successful list, the waits must still grow.
   */
  async function attempt<R>(request: () => Promise<R>): Promise<R> {
    const before = failures;
    for (;;) {
      try {
        const answer = await request();
        failures = before;
        return answer;
      } catch (error) {
        if (signal.aborted || hasStatus(error, 410)) throw error;
        await pause(error);
      }
    }
  }

  /** Reads a complete list and returns its resource version. Objects that are not in the list are dropped only at its end. */
  async function list(): Promise<string> {
    const seen = new Set<string>();
    const resourceVersion = await completeList.read(async (object) => {
      const key = await digests.take(object);
      // Only keys of kept objects: for most objects nothing is kept, and the names of 100,000 would take some 10 MB.
      if (digests.kept.has(key)) seen.add(key);
    });
    signal.throwIfAborted();
    digests.retain(seen);
    return resourceVersion;
  }

  /** Handles events until the server ends the watch. `place.version` is the version to continue from. */
  async function follow(place: { version: string }, untilMs: number): Promise<void> {
    const lasts = Math.min(timing.watchSeconds * (0.8 + 0.2 * Math.random()), (untilMs - performance.now()) / 1000);
    const timeoutSeconds = Math.max(1, Math.ceil(lasts));
    const resourceVersion = place.version;
    const events = await openWatch(transport, collection, { resourceVersion, timeoutSeconds, silenceSeconds, signal });
    const openedAt = performance.now();
    syncedAt = openedAt;
    observed?.step('opened');
    try {
      for await (const { type, object } of events) {
        if (signal.aborted) return;
        syncedAt = performance.now();
        failures = 0;
        if (type === 'DELETED') digests.drop(object);
        else if (type !== 'BOOKMARK') await digests.take(object);
        place.version = object.metadata.resourceVersion ?? place.version;
        seenVersion = place.version;
      }
    } finally {
      // The watch worked, even if no event came: the next try isn't part of a tight loop.
      if (performance.now() - openedAt >= timing.backoff.maxMs) failures = 0;
    }
  }

  function tellListed(rewound: boolean): void {
    try {
      onListed?.(rewound);
    } catch (error) {
      log.error({ err: error }, 'a complete list could not be taken in');
    }
  }

  async function listThenFollow(): Promise<void> {
    const place = { version: await list() };
    const rewound = isOlder(place.version, seenVersion);
    if (rewound) log.warn({ before: seenVersion, now: place.version }, "the API server's store was put back");
    seenVersion = place.version;
    syncedAt = performance.now();
    listed = true;
    observed?.step('listed');
    tellListed(rewound);
    const resyncSeconds = timing.resyncSeconds * (0.9 + 0.1 * Math.random());
    const resyncAtMs = performance.now() + resyncSeconds * 1000;
    while (!signal.aborted && performance.now() < resyncAtMs) {
      const openedAt = performance.now();
      try {
        await follow(place, resyncAtMs);
        // A server that ends every watch at once is shutting down: don't reconnect in a tight loop.
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
        if (hasStatus(error, 410)) log.info('the resource version expired, listing anew');
        else if (!isRetriable(error)) log.error({ err: error }, 'the list-watch broke, starting anew');
        await pause(error).catch(() => {});
      }
    }
  }

  const running = run();
  return {
    get: (key) => digests.kept.get(key),
    entries: () => digests.kept.entries(),
    get size() {
      return digests.kept.size;
    },
    listed: () => listed,
    secondsSinceSync,
    async stop() {
      stopping.abort();
      await running;
      observed?.stopped();
    },
  };
}
