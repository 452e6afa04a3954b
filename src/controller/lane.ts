/**
 * One lane of the queue: which of its keys wait, which are deferred until when, and which one is next.
 */

/** A key, for as long as it waits, is deferred or is worked on. */
export interface Item {
  readonly key: string;
  state: 'new' | 'ready' | 'deferred' | 'running';
  /** Failures in a row. */
  failures: number;
  /** Its last run timed out: the next one is likely to, too. */
  timedOut: boolean;
  /** Milliseconds of the monotonic clock. */
  dueAt: number;
  /** Added while it was running: runs again at once, or only if it isn't deferred afterwards. */
  again: 'now' | 'unlessDeferred' | undefined;
}

export interface Lane {
  readonly name: string;
  running: number;
  /** Keys started in its present turn. */
  inTurn: number;
  failuresInRow: number;
  /** When a run last timed out (milliseconds of the monotonic clock); minus infinity where one has ended in time since. */
  timedOutAt: number;
  /** The item of a key; a new one where the lane has none. */
  item(key: string): Item;
  makeReady(item: Item): void;
  /** Takes the next item to be worked on, if there is one. `slowToo` says that there is room for a slow one. */
  next(now: number, slowToo: boolean): Item | undefined;
  defer(item: Item, ms: number): void;
  /** For so long `next` returns nothing. */
  pause(ms: number): void;
  remove(item: Item): void;
  isEmpty(): boolean;
  stop(): void;
}

/**
 * A lane stays slow for this long after a run timed out, or until a run ends in time. In a slow lane all keys count as slow:
 * otherwise two lanes in which everything hangs would take all places with keys that were never tried before. The time limit
 * is needed where other lanes hold all places for slow keys: then no run of this lane can start and end in time.
 */
const slowMs = 60_000;

export function isSlow({ timedOutAt }: Lane, now: number): boolean {
  return now - timedOutAt < slowMs;
}

/** `onDue` is called with the items that have come due, and with none where a pause is over. */
export function buildLane(name: string, onDue: (lane: Lane, items: readonly Item[]) => void): Lane {
  const items = new Map<string, Item>();
  /** Ready: those whose last run timed out, and the others. */
  const slow = buildFifo<Item>();
  const quick = buildFifo<Item>();
  const deferred = new Set<Item>();
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;

  /** One timer for each lane, not for each key. It goes through all deferred keys, so its least wait grows with their number. */
  function wakeAt(at: number): void {
    if (at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(wake, Math.max(at - performance.now(), deferred.size / 1000)).unref();
  }

  function wake(): void {
    timerAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    const due: Item[] = [];
    let next = pausedUntil > now ? pausedUntil : Number.POSITIVE_INFINITY;
    for (const item of deferred) {
      if (item.dueAt <= now) due.push(item);
      else next = Math.min(next, item.dueAt);
    }
    onDue(
      lane,
      due.sort((a, b) => a.dueAt - b.dueAt),
    );
    if (next < Number.POSITIVE_INFINITY) wakeAt(next);
  }

  const lane: Lane = {
    name,
    running: 0,
    inTurn: 0,
    failuresInRow: 0,
    timedOutAt: Number.NEGATIVE_INFINITY,
    item(key) {
      const known = items.get(key);
      if (known !== undefined) return known;
      const item: Item = { key, state: 'new', failures: 0, timedOut: false, dueAt: 0, again: undefined };
      items.set(key, item);
      return item;
    },
    makeReady(item) {
      deferred.delete(item);
      item.state = 'ready';
      (item.timedOut ? slow : quick).push(item);
    },
    next(now, slowToo) {
      if (pausedUntil > now) return undefined;
      // In a slow lane quick keys come first: one that ends in time shows that the lane is quick again. In any other lane slow
      // keys come first: they have few places, and the quick keys have all others.
      const order = isSlow(lane, now) ? (slowToo ? [quick, slow] : []) : slowToo ? [slow, quick] : [quick];
      const item = order.find((ready) => ready.size > 0)?.take();
      if (item !== undefined) item.state = 'running';
      return item;
    },
    defer(item, ms) {
      item.state = 'deferred';
      item.dueAt = performance.now() + ms;
      deferred.add(item);
      wakeAt(item.dueAt);
    },
    pause(ms) {
      pausedUntil = performance.now() + ms;
      wakeAt(pausedUntil);
    },
    remove: (item) => void items.delete(item.key),
    isEmpty: () => items.size === 0,
    stop: () => clearTimeout(timer),
  };
  return lane;
}

/** First in, first out. Two stacks: an array's `shift` moves all the rest, and a Set steps over all that was deleted. */
function buildFifo<T>() {
  const pushed: T[] = [];
  let taken: T[] = [];
  return {
    get size() {
      return pushed.length + taken.length;
    },
    push: (item: T) => void pushed.push(item),
    take(): T | undefined {
      if (taken.length === 0) taken = pushed.splice(0).reverse();
      return taken.pop();
    },
  };
}
