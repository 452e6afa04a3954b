/**
 * The work queue, on its own.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Queue, startQueue, type WorkResult } from '../../src/controller/queue.ts';
import { silent } from '../cluster-client/silent.ts';

const backoff = { firstMs: 100, maxMs: 1000 };
const done: WorkResult = { kind: 'done' };
let queue: Queue;
/** As `lane/key`, in their order. */
let runs: string[];
/** How to end a run that waits for that. */
let ends: Map<string, (result: WorkResult) => void>;

beforeEach(() => {
  vi.useFakeTimers();
  runs = [];
  ends = new Map();
});
afterEach(async () => {
  const stopping = queue.stop();
  for (const end of ends.values()) end(done);
  // Work that takes its time may be under way.
  if (vi.isFakeTimers()) await pass(2000);
  await stopping;
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** What can be started is, until nothing more can: each time takes the clock a millisecond. */
const settle = () => pass(40);

/** A queue whose work is recorded, and ends as `end` says of a path. */
function start(end: (path: string) => WorkResult | Promise<WorkResult> = () => done, concurrency = 8): void {
  const work = async (lane: string, key: string) => {
    runs.push(`${lane}/${key}`);
    return end(`${lane}/${key}`);
  };
  queue = startQueue({ concurrency, work, backoff, log: silent });
}

/** Work that lasts until `finish`. */
const hang = (path: string) => new Promise<WorkResult>((resolve) => ends.set(path, resolve));

async function finish(path: string, result = done): Promise<void> {
  ends.get(path)?.(result);
  ends.delete(path);
  await settle();
}

async function finishAll(result = done): Promise<void> {
  for (const path of [...ends.keys()]) await finish(path, result);
}

function add(...paths: string[]): void {
  for (const path of paths) queue.add(...(path.split('/') as [string, string]));
}

function addNow(...paths: string[]): void {
  for (const path of paths) queue.addNow(...(path.split('/') as [string, string]));
}

/** `a/0`, `a/1`, … */
const keys = (lane: string, count: number, from = 0) => Array.from({ length: count }, (_, i) => `${lane}/${from + i}`);
const runsOf = (lane: string) => runs.filter((path) => path.startsWith(`${lane}/`)).length;

describe('a key', () => {
  it('is worked on once, however often it is added while it waits', async () => {
    start();
    add('a/1', 'a/1', 'a/2', 'a/1');
    addNow('a/2');
    await settle();
    expect(runs).toEqual(['a/1', 'a/2']);
  });

  it('is never worked on twice at once, and once more if it was added meanwhile', async () => {
    start(hang);
    add('a/1');
    await settle();
    add('a/1', 'a/1');
    await settle();
    expect(runs).toEqual(['a/1']);
    await finish('a/1');
    expect(runs).toEqual(['a/1', 'a/1']);
    await finish('a/1');
    await pass(10_000);
    expect(runs.length).toBe(2);
  });

  it('comes back when it asked to, and not before, unless it is added by addNow', async () => {
    const results: WorkResult[] = [
      { kind: 'requeueAfter', ms: 500 },
      { kind: 'requeueAfter', ms: 500 },
    ];
    start(() => results.shift() ?? done);
    add('a/1');
    await pass(450);
    add('a/1');
    await settle();
    expect(runs.length).toBe(1);
    await settle();
    expect(runs.length).toBe(2);
    addNow('a/1');
    await settle();
    expect(runs.length).toBe(3);
    await pass(1000);
    expect(runs.length).toBe(3);
  });

  it('comes back in the order of their times, however many there are and whichever was deferred first', async () => {
    const first = new Set<string>();
    start((path) => {
      if (first.has(path)) return done;
      first.add(path);
      return { kind: 'requeueAfter', ms: 5000 - Number(path.slice(2)) };
    });
    add(...keys('a', 3000));
    await pass(1000);
    expect(runs.length).toBe(3000);
    await pass(2000);
    expect(runs.slice(3000, 3003)).toEqual(['a/2999', 'a/2998', 'a/2997']);
    await pass(5000);
    expect(runs.length).toBe(6000);
  });

  it.each<readonly [string, () => WorkResult, number]>([
    ['fails', () => ({ kind: 'failed' }), 1000],
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
      1000,
    ],
    ['asks for that', () => ({ kind: 'backOff' }), 1000],
    ['asks for that with a longest wait of its own', () => ({ kind: 'backOff', maxMs: 3000 }), 3000],
  ])('that %s is tried later and later, up to a limit, and delays no other', async (_, end, maxMs) => {
    const times: number[] = [];
    start((path) => {
      if (path === 'b/good') return done;
      times.push(Date.now());
      return end();
    });
    add('a/poisoned');
    await pass(20_000);
    const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    for (const [i, full] of [100, 200, 400, 800, 1600, 3200].map((ms) => Math.min(ms, maxMs)).entries()) {
      // Timers round to milliseconds.
      expect(waits[i]).toBeGreaterThanOrEqual(full / 2 - 5);
      expect(waits[i]).toBeLessThanOrEqual(full + 5);
    }
    add('b/good');
    await settle();
    expect(runs).toContain('b/good');
  });

  it('that failed isn’t tried before its time, however often it is added, be it while it is worked on', async () => {
    start(async (path) => {
      if (path === 'a/good') return done;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { kind: 'failed' };
    });
    for (let i = 0; i < 500; i++) {
      add('b/poisoned', 'a/good');
      await pass(20);
    }
    // Ten seconds: 100, 200, 400 and 800 ms, then each second, or half as long by chance.
    expect(runsOf('b')).toBeGreaterThan(8);
    expect(runsOf('b')).toBeLessThan(25);
    expect(runsOf('a')).toBe(500);
  });

  it('is tried at once by addNow, from the shortest wait on, be it added while it is worked on', async () => {
    start(hang);
    add('a/1');
    for (let i = 0; i < 5; i++) {
      await pass(1010);
      await finish('a/1', { kind: 'backOff' });
    }
    addNow('a/1');
    await settle();
    expect(runs.length).toBe(6);
    addNow('a/1');
    await finish('a/1', { kind: 'backOff' });
    expect(runs.length).toBe(7);
    await finish('a/1', { kind: 'backOff' });
    await pass(110);
    expect(runs.length).toBe(8);
  });
});

describe('all lanes together', () => {
  it('have no more in flight than the concurrency', async () => {
    start(hang);
    for (let i = 0; i < 20; i++) add(`lane-${i}/1`);
    await settle();
    expect(runs.length).toBe(8);
    await finish('lane-3/1');
    expect(runs.length).toBe(9);
  });

  it('take turns of 200 keys', async () => {
    start(() => done, 1);
    add(...keys('a', 450), ...keys('b', 250), 'c/0');
    await pass(1000);
    const turns = runs.map((path) => path[0]).join('');
    expect(turns.match(/(.)\1*/g)?.map((turn) => `${turn[0]} ${turn.length}`)).toEqual([
      'a 200',
      'b 200',
      'c 1',
      'a 200',
      'b 50',
      'a 50',
    ]);
  });

  it('leave timers their turn, however many keys end at once', async () => {
    vi.useRealTimers();
    start();
    add(...keys('a', 20_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(runs.length).toBeLessThan(20_000);
    await vi.waitFor(() => expect(runs.length).toBe(20_000), 5000);
  });
});

describe('one lane', () => {
  it('has no more in flight than half of the concurrency', async () => {
    start(hang);
    add(...keys('a', 10));
    await settle();
    expect(runs.length).toBe(4);
    add('b/0');
    await settle();
    expect(runs.at(-1)).toBe('b/0');
  });

  it('pauses for a second after eight failures in a row, while others go on', async () => {
    start((path) => (path.startsWith('a') ? { kind: 'failed' } : done));
    add(...keys('a', 100));
    await settle();
    expect(runsOf('a')).toBe(8);
    add('b/0');
    await pass(900);
    expect([runsOf('a'), runsOf('b')]).toEqual([8, 1]);
    await pass(100);
    expect(runsOf('a')).toBeGreaterThan(8);
  });

  it('doesn’t pause where something else than a failure comes in between', async () => {
    let count = 0;
    start(() => ({ kind: ++count % 8 === 0 ? 'backOff' : 'failed' }));
    add(...keys('a', 100));
    await settle();
    expect(runs.length).toBe(100);
  });
});

describe('a key that hangs', () => {
  it('keeps its place until it ends, and leaves the others of its lane all other places but those for slow ones', async () => {
    start((path) => (path === 'a/0' ? hang(path) : done));
    add('a/0');
    await pass(1010);
    add(...keys('a', 20, 1));
    await settle();
    expect(runs.length).toBe(21);
    expect(queue.size).toBe(1);
    await finish('a/0');
    expect(queue.size).toBe(0);
  });

  it('leaves room for all other lanes: of those that are likely to hang only a quarter is in flight', async () => {
    start((path) => (path.startsWith('good') ? done : hang(path)));
    add(...keys('a', 10), ...keys('b', 10));
    await pass(1010);
    // Nobody knew.
    expect(runs.length).toBe(8);
    await finishAll({ kind: 'failed' });
    expect(runs.length).toBe(10);
    add(...keys('good', 100));
    await settle();
    expect(runsOf('good')).toBe(100);
    await pass(30_000);
    expect(runsOf('a') + runsOf('b')).toBe(10);
  });

  it('takes a place of those for slow ones from the moment on that it has timed out', async () => {
    start(hang);
    add('a/0', 'b/0');
    await pass(1010);
    add('a/1', 'b/1', 'c/1');
    await settle();
    expect(runs).toEqual(['a/0', 'b/0', 'c/1']);
    await finish('a/0');
    expect(runs.length).toBe(4);
  });

  it('is slow the next time, too, and the others of its lane are so until one ends in time', async () => {
    start(hang);
    add(...keys('a', 4));
    await pass(1010);
    await finishAll({ kind: 'failed' });
    await pass(1200);
    // Two of these four.
    expect(runs.length).toBe(6);
    add(...keys('a', 6, 10));
    await finishAll();
    // The new ones come first: by them it shows that the lane isn't slow any more.
    expect(runs.slice(6, 8)).toEqual(['a/10', 'a/11']);
    await finish('a/10');
    // Which of the slow ones is due first is by chance.
    expect(runs.slice(8, 10)).toEqual([expect.stringMatching(/^a\/[0-3]$/), 'a/12']);
    expect(ends.size).toBe(4);
  });

  it('makes its lane slow for no longer than a minute', async () => {
    start(hang);
    add('a/0', 'b/0', 'c/0');
    await pass(60_900);
    add('a/1');
    await settle();
    expect(runsOf('a')).toBe(1);
    await pass(200);
    add('d/0');
    await settle();
    expect(runsOf('a')).toBe(2);
  });
});

describe('the queue', () => {
  it('observes which keys are added and deferred, and as an error only what was rejected', async () => {
    const seen: string[] = [];
    const results = [{ kind: 'failed' }, { kind: 'backOff' }, undefined, done] as const;
    let count = 0;
    queue = startQueue({
      ...{ concurrency: 8, backoff, log: silent },
      work: async () => results[count++] ?? Promise.reject(new Error('a bug')),
      observer: {
        added: () => seen.push('added'),
        retried: () => seen.push('retried'),
        worked: (_, succeeded) => seen.push(succeeded ? 'worked' : 'error'),
      },
    });
    add('a/1', 'a/1');
    await pass(2000);
    const again = ['retried', 'added'];
    expect(seen).toEqual(['added', 'worked', ...again, 'worked', ...again, 'error', ...again, 'worked']);
  });

  it('starts nothing after it was stopped, and waits for what runs', async () => {
    start(hang, 1);
    add('a/1', 'b/1');
    await settle();
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    await finish('a/1', { kind: 'requeueAfter', ms: 1 });
    await stopping;
    add('c/1');
    addNow('c/1');
    await pass(10_000);
    expect(runs).toEqual(['a/1']);
    expect(queue.size).toBe(0);
  });

  it('says how many keys wait or are worked on', async () => {
    start(hang, 1);
    add('a/1', 'a/2', 'b/1');
    await settle();
    expect(queue.size).toBe(3);
    await finish('a/1', { kind: 'requeueAfter', ms: 1000 });
    expect(queue.size).toBe(2);
  });
});
