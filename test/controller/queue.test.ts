/**
 * The work queue, on its own.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Queue, type Requeue, startQueue } from '../../src/controller/queue.ts';
import { silent } from '../cluster-client/silent.ts';

const backoff = { firstMs: 100, maxMs: 1000 };
const nothing: Requeue = { kind: 'nothing' };
let queue: Queue;
let runs: string[];

beforeEach(() => {
  vi.useFakeTimers();
  runs = [];
});
afterEach(async () => {
  vi.useRealTimers();
  const stopping = queue.stop();
  for (const end of open.values()) end(nothing);
  await stopping;
});

/** How to end what was started and waits behind a gate. */
const open = new Map<string, (requeue: Requeue) => void>();

/** A queue whose work is recorded, and ends as `end` says of a key. */
function start(end: (key: string) => Requeue | Promise<Requeue> = () => nothing, concurrency = 2): Queue {
  const work = async (key: string) => {
    runs.push(key);
    return end(key);
  };
  queue = startQueue({ concurrency, work, backoff, log: silent });
  return queue;
}

/** Work that lasts until it is told to end. */
function gate() {
  open.clear();
  return {
    wait: (key: string) => new Promise<Requeue>((resolve) => open.set(key, resolve)),
    end: async (key: string, requeue = nothing) => {
      open.get(key)?.(requeue);
      await settle();
    },
  };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the queue', () => {
  it('works on each key once, however often it is added while it waits', async () => {
    const { add } = start();
    for (const key of ['a', 'a', 'b', 'a']) add(key);
    await settle();
    expect(runs).toEqual(['a', 'b']);
  });

  it('has no more at once than it may', async () => {
    const { wait, end } = gate();
    const { add } = start(wait);
    for (const key of ['a', 'b', 'c', 'd']) add(key);
    await settle();
    expect(runs).toEqual(['a', 'b']);
    await end('b');
    expect(runs).toEqual(['a', 'b', 'c']);
  });

  it('never works on one key twice at once, and runs it again if it was added meanwhile', async () => {
    const { wait, end } = gate();
    const { add } = start(wait);
    add('a');
    await settle();
    add('a');
    add('b');
    await settle();
    expect(runs).toEqual(['a', 'b']);
    await end('a');
    expect(runs).toEqual(['a', 'b', 'a']);
  });

  it('lets the other keys have their turn before one that has more to do', async () => {
    let left = 2;
    const { add } = start((key) => (key === 'large' && left-- > 0 ? { kind: 'more' } : nothing), 1);
    for (const key of ['large', 'b', 'c']) add(key);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toEqual(['large', 'b', 'c', 'large', 'large']);
  });

  it('looks again later where it is asked to, and at once where the key is added before', async () => {
    const leftovers: Requeue[] = [
      { kind: 'later', inMs: 500 },
      { kind: 'later', inMs: 500 },
    ];
    const { add } = start(() => leftovers.shift() ?? nothing);
    add('a');
    await vi.advanceTimersByTimeAsync(499);
    expect(runs.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs.length).toBe(2);
    add('a');
    await settle();
    expect(runs.length).toBe(3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs.length).toBe(3);
  });

  it('tries a key that fails later and later, up to a limit, and delays no other', async () => {
    const times: number[] = [];
    const { add } = start(async (key) => {
      if (key !== 'poisoned') return nothing;
      times.push(Date.now());
      throw new Error('poisoned');
    });
    add('poisoned');
    await vi.advanceTimersByTimeAsync(10_000);
    const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    for (const [i, full] of [100, 200, 400, 800, 1000, 1000].entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(full / 2);
      expect(waits[i]).toBeLessThanOrEqual(full);
    }
    add('good');
    await settle();
    expect(runs.at(-1)).toBe('good');
  });

  it('that is firm doesn’t try a failed key before its time, however often it is added', async () => {
    const times: number[] = [];
    queue = startQueue({
      ...{ concurrency: 2, backoff, firm: true, log: silent },
      work: async (key) => {
        runs.push(key);
        if (key !== 'poisoned') return nothing;
        times.push(Date.now());
        throw new Error('poisoned');
      },
    });
    for (let i = 0; i < 500; i++) {
      queue.add('poisoned');
      queue.add('good');
      await vi.advanceTimersByTimeAsync(20);
    }
    // Ten seconds: 100, 200, 400 and 800 ms, then each second, or half as long by chance.
    expect(times.length).toBeGreaterThan(8);
    expect(times.length).toBeLessThan(25);
    expect(runs.filter((key) => key === 'good')).toHaveLength(500);
  });

  it('puts off for good what is to be put off firmly', async () => {
    const { add } = start(() => ({ kind: 'later', inMs: 1000, firm: true }));
    add('a');
    await settle();
    for (let i = 0; i < 9; i++) {
      await vi.advanceTimersByTimeAsync(100);
      add('a');
    }
    expect(runs).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toEqual(['a', 'a']);
  });

  it('starts from the shortest wait after a success', async () => {
    const ends = [new Error(), new Error(), new Error(), undefined, new Error(), undefined];
    const times: number[] = [];
    const { add } = start(async () => {
      times.push(Date.now());
      const error = ends.shift();
      if (error !== undefined) throw error;
      return nothing;
    });
    add('a');
    await vi.advanceTimersByTimeAsync(2000);
    add('a');
    await vi.advanceTimersByTimeAsync(101);
    expect(times.length).toBe(6);
  });

  it('starts nothing after it was lastEvent to stop, and waits for what runs', async () => {
    const { wait, end } = gate();
    const { add, stop } = start(wait, 1);
    for (const key of ['a', 'b']) add(key);
    await settle();
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    await end('a', { kind: 'more' });
    await stopping;
    add('c');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual(['a']);
    expect(queue.size).toBe(0);
  });

  it('says how many keys wait or are worked on', async () => {
    const { wait, end } = gate();
    start(wait, 1);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settle();
    expect(queue.size).toBe(3);
    await end('a', { kind: 'later', inMs: 1000 });
    expect(queue.size).toBe(2);
  });
});
