/**
 * One lane of the queue: which of its keys wait, which are deferred until when, and which one is next.
 */

/** A key, for as long as it waits, is deferred or is worked on. */
export interface Item {
  readonly key: string;
  state: 'new' | 'ready' | 'deferred' | 'running';
  /** In a row. */
  failures: number;
  /** Its last run did. */
  timedOut: boolean;
  /** Milliseconds of the monotonic clock. */
  dueAt: number;
  /** Added while it is worked on: to be run again at once, or only if it isn't deferred afterwards. */
  again: 'now' | 'unlessDeferred' | undefined;
}

export interface Lane {
  readonly name: string;
  running: number;
  failuresInRow: number;
  /** When a run timed out with none that ended in time since; milliseconds of the monotonic clock. */
  timedOutAt: number;
  /** That of a key, which is new to the lane where there was none. */
  item(key: string): Item;
  makeReady(item: Item): void;
  /** Takes the next one to be worked on, if there is one. `slowToo`: there is a place for one that is likely to be slow. */
  next(now: number, slowToo: boolean): Item | undefined;
  defer(item: Item, ms: number): void;
  /** For so long `next` gives nothing. */
  pause(ms: number): void;
  remove(item: Item): void;
  isEmpty(): boolean;
  stop(): void;
}

/**
 * A lane is slow where one of its runs has timed out and none has ended in time since. Without that, two lanes in which
 * everything hangs would take all places with keys that were never tried before. It ends by itself, too, in case other
 * lanes hold the places in which this one could prove itself.
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

  /** One timer a lane, since there may be many keys. It fires less often the more there are, since it looks at all. */
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
      // In a slow lane those first by which it may prove itself. In any other the slow ones: the rest has places that these can't take.
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

/** First in, first out. Two stacks, since `shift` moves all that is left in a large array, and a Set keeps gaps at its head. */
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
