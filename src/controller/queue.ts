/**
 * A work queue of keys in lanes. One key is worked on once at a time. Lanes take turns, and each has a bound, so that a lane
 * in which everything fails or hangs delays no other.
 */
import type { Logger } from 'pino';
import { type Backoff, backoffDelay } from '../core/backoff.ts';
import type { QueueObserver } from '../ports/observers.ts';
import { buildLane, type Item, isSlow, type Lane } from './lane.ts';

/** What happens to a key after a run. */
export type WorkResult =
  /** The key is done, and its failures are forgotten. */
  | { readonly kind: 'done' }
  /** The key runs again after so many milliseconds. */
  | { readonly kind: 'requeueAfter'; readonly ms: number }
  /** The key runs again after a back-off of at most `maxMs`; default: the queue's own limit. */
  | { readonly kind: 'backOff'; readonly maxMs?: number }
  /** As `backOff`, for a request without an answer. Several in a row pause the lane, since the server is probably down. */
  | { readonly kind: 'failed' };

export interface QueueOptions {
  /** Keys worked on at once. One lane gets at most half of it. All slow keys together get at most a quarter. */
  readonly concurrency: number;
  /** A rejection is logged and observed as an error; apart from that it counts as `failed`. */
  readonly work: (lane: string, key: string) => Promise<WorkResult>;
  readonly backoff: Backoff;
  /** For metrics. */
  readonly observer?: QueueObserver | undefined;
  readonly log: Logger;
}

export interface Queue {
  /** Adds a key, unless it waits or is deferred already. One that is being worked on runs once more afterwards. */
  add(lane: string, key: string): void;
  /** As `add`, but a deferred key runs at once, and the key's failures are forgotten. */
  addNow(lane: string, key: string): void;
  /** Keys that wait or are being worked on. Deferred keys don't count. */
  readonly size: number;
  /** Starts nothing more, and resolves when what was started has ended. */
  stop(): Promise<void>;
}

/** A turn is long enough for most lanes to finish in one, so that each status is written once and not after every few keys. */
const keysInTurn = 200;
/** A run that takes longer has timed out. It goes on and keeps its place; its key and its lane are slow from then on. */
const timeoutMs = 1000;
/** After so many failures in a row the lane pauses. */
const enoughFailures = 8;
const pauseMs = 1000;

/** Starts an empty queue. Keys run as soon as they are added. */
export function startQueue({ concurrency, work, backoff, observer, log }: QueueOptions): Queue {
  const mostOfLane = Math.ceil(concurrency / 2);
  const mostSlow = Math.ceil(concurrency / 4);
  /** In the order of their turns. */
  const lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();
  let waiting = 0;
  let slowRunning = 0;
  let starting = false;
  let stopped = false;

  function addTo(name: string, key: string, now: boolean): void {
    if (stopped) return;
    let lane = lanes.get(name);
    if (lane === undefined) {
      lane = buildLane(name, onDue);
      lanes.set(name, lane);
    }
    const item = lane.item(key);
    if (now) item.failures = 0;
    if (item.state === 'running') item.again = now || item.again === 'now' ? 'now' : 'unlessDeferred';
    else if (item.state === 'new' || (item.state === 'deferred' && now)) makeReady(lane, item);
  }

  function makeReady(lane: Lane, item: Item): void {
    lane.makeReady(item);
    waiting += 1;
    observer?.added();
    startSoon();
  }

  /** Deferred to the next turn of the event loop: keys that are added together take turns from the start, and timers and sockets run in between. */
  function startSoon(): void {
    if (starting) return;
    starting = true;
    setImmediate(startNext);
  }

  function startNext(): void {
    starting = false;
    for (const lane of lanes.values()) {
      while (!stopped && running.size < concurrency && lane.running < mostOfLane) {
        const item = lane.next(performance.now(), slowRunning < mostSlow);
        if (item === undefined) break;
        waiting -= 1;
        const run = runItem(lane, item).finally(() => running.delete(run));
        running.add(run);
        lane.inTurn += 1;
        if (lane.inTurn === keysInTurn) {
          lane.inTurn = 0;
          // To the end, where the outer loop comes to it again.
          lanes.delete(lane.name);
          lanes.set(lane.name, lane);
          break;
        }
      }
    }
  }

  async function runItem(lane: Lane, item: Item): Promise<void> {
    const startedAt = performance.now();
    let slow = item.timedOut || isSlow(lane, startedAt);
    let timedOut = false;
    const timeout = setTimeout(() => {
      timedOut = true;
      if (!isSlow(lane, performance.now()))
        log.warn({ lane: lane.name, key: item.key }, 'a key hangs, its lane is slow from now on');
      lane.timedOutAt = performance.now();
      if (!slow) slowRunning += 1;
      slow = true;
    }, timeoutMs);
    if (slow) slowRunning += 1;
    lane.running += 1;
    let rejected = false;
    const result = await work(lane.name, item.key).catch((err: unknown): WorkResult => {
      rejected = true;
      if (!stopped) log.error({ err, lane: lane.name, key: item.key }, 'a key failed, trying again');
      return { kind: 'failed' };
    });
    clearTimeout(timeout);
    if (slow) slowRunning -= 1;
    lane.running -= 1;
    item.timedOut = timedOut;
    if (!timedOut) lane.timedOutAt = Number.NEGATIVE_INFINITY;
    observer?.worked((performance.now() - startedAt) / 1000, !rejected);
    if (!stopped) finish(lane, item, result);
  }

  function finish(lane: Lane, item: Item, result: WorkResult): void {
    const { again } = item;
    item.again = undefined;
    if (result.kind === 'failed') countFailure(lane, item);
    else lane.failuresInRow = 0;
    if (again === 'now' || (again !== undefined && result.kind === 'done')) makeReady(lane, item);
    else if (result.kind === 'done') lane.remove(item);
    else {
      observer?.retried();
      lane.defer(item, toDelay(item, result));
    }
    if (lane.isEmpty()) lanes.delete(lane.name);
    startSoon();
  }

  function toDelay(item: Item, result: Exclude<WorkResult, { kind: 'done' }>): number {
    if (result.kind === 'requeueAfter') {
      item.failures = 0;
      return result.ms;
    }
    item.failures += 1;
    const maxMs = (result.kind === 'backOff' ? result.maxMs : undefined) ?? backoff.maxMs;
    return backoffDelay(item.failures, { ...backoff, maxMs }, Math.random());
  }

  function countFailure(lane: Lane, { key }: Item): void {
    lane.failuresInRow += 1;
    if (lane.failuresInRow === 1) log.warn({ lane: lane.name, key }, 'no answer about a key, trying again later');
    if (lane.failuresInRow < enoughFailures) return;
    log.warn(
      { lane: lane.name, failures: lane.failuresInRow },
      'no answer about several keys in a row, their lane pauses',
    );
    lane.failuresInRow = 0;
    lane.pause(pauseMs);
  }

  function onDue(lane: Lane, items: readonly Item[]): void {
    for (const item of items) makeReady(lane, item);
    startSoon();
  }

  return {
    add: (lane, key) => addTo(lane, key, false),
    addNow: (lane, key) => addTo(lane, key, true),
    get size() {
      return waiting + running.size;
    },
    async stop() {
      stopped = true;
      waiting = 0;
      for (const lane of lanes.values()) lane.stop();
      lanes.clear();
      await Promise.all(running);
    },
  };
}
