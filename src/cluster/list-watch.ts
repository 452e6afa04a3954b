/**
 * A list-watch that never dies: keeps a small digest of each object of a collection, whatever happens to the server.
 *
 * list (complete-list.ts) → reduce each object at once → watch with bookmarks from the list's version → list again when the
 * version expired (410), and every ten minutes in any case. No raw object outlives its reduction. client-node's informer
 * is not used: it stops for good on any error but 410, keeps whole objects, reads no pages and asks for no bookmarks.
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
   * Called after every complete list, once its changes were told; `rewound` where its version is older than what was seen
   * before, since the API server's store was put back to an earlier state.
   */
  readonly onListed?: (rewound: boolean) => void;
  readonly timing?: Partial<Timing>;
  /** Objects a page; 500 where nothing is said. */
  readonly pageSize?: number;
  /** For metrics. */
  readonly observer?: Pick<ApiServerObserver, 'watching'>;
}

/** All in seconds, but for the back-off. */
export interface Timing {
  /** Between two complete lists; the real time is spread over the last tenth of it. */
  readonly resyncSeconds: number;
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
  /**
   * Seconds since the server last proved that we see everything (a complete list, a watch opened, an event), or that a list
   * gets on: a page, or as many objects of a list without pages, came further than any list since the last complete one. A
   * long list on a slow server isn't to be taken for silence, and one that fails and begins anew without an end is.
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

/** Whoever asks for more, a proxy that is misconfigured for example, would blind us. */
const longestRetryAfterMs = 60_000;

export function startListWatch<T>(options: ListWatchOptions<T>): ListWatch<T> {
  const { transport, collection, onListed, pageSize = 500, observer } = options;
  const log = options.log.child({ path: collection.path });
  const timing: Timing = { ...usual, ...options.timing };
  const { silenceSeconds } = timing;
  const digests = buildDigests({ ...options, log });
  const stopping = new AbortController();
  const { signal } = stopping;
  let listed = false;
  /** As far as lists and watches have come. */
  let seenVersion = '';
  let syncedAt = performance.now();
  /** In a row: until a watch has proven to work. */
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
   * Tries until it works, is told to stop, or meets what another try can't cure. What worked takes back its own failures
   * only: where each watch is refused after a list that went well, the waits must still grow.
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

  /** The list's resource version. What an unfinished list took in stays; what it didn't show goes only at the end. */
  async function list(): Promise<string> {
    const seen = new Set<string>();
    const resourceVersion = await completeList.read(async (object) => {
      const key = await digests.take(object);
      // Of most objects nothing is kept: their names alone would be some 10 MB for every 100,000.
      if (digests.kept.has(key)) seen.add(key);
    });
    signal.throwIfAborted();
    digests.retain(seen);
    return resourceVersion;
  }

  /** Takes events in until the server ends the watch. The version to go on from is kept up to date in `place`. */
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
      // It worked, though nothing happened meanwhile: what follows is no try in a tight loop.
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
