/**
 * What counts as a fight, with the clock in the test's hand.
 */
import { describe, expect, it } from 'vitest';
import {
  buildRevertedCounter,
  type RevertedUpdate,
  threshold,
  toContended,
  toId,
  windowMs,
} from '../../src/core/contention.ts';

const writer = { manager: 'team-operator', user: 'ann' };
const update = (name = 'hadoop', rest: Partial<RevertedUpdate> = {}): RevertedUpdate => ({
  ...{ kind: 'ConfigMap', namespace: 'finance', name, writer },
  ...rest,
});
const second = 1000;

/** What is contended after updates at these times, in seconds. */
function contendedAfter(times: readonly number[], now: number) {
  const counter = buildRevertedCounter();
  for (const time of times) counter.add(update(), time * second);
  return toContended([counter.counts(now * second)]);
}

const every = (seconds: number, lasting: number) =>
  Array.from({ length: Math.ceil(lasting / seconds) }, (_, round) => round * seconds);

describe('a fight', () => {
  it('is what repeats at least every thirty seconds for five minutes', () => {
    expect(contendedAfter(every(30, 300), 300).get('ConfigMap/finance/hadoop')).toEqual({
      ...{ kind: 'ConfigMap', namespace: 'finance', name: 'hadoop', times: threshold, writers: [writer] },
    });
  });

  it.each([
    ['a tool that applies its manifest every minute', every(60, 3600), 3600],
    ['a pipeline that applies ten times an hour', every(360, 3600), 3600],
    ['a write now and then', [1, 2, 3, 400, 401, 402], 403],
    ['nine updates at once', every(1, 9), 10],
  ])('is not %s', (_, times, now) => {
    expect(contendedAfter(times, now).size).toBe(0);
  });

  it('is over five minutes after the last update, give or take a slot of ten seconds', () => {
    const times = every(1, 60);
    expect(contendedAfter(times, 59 + 290).size).toBe(1);
    expect(contendedAfter(times, 59 + 311).size).toBe(0);
  });

  it('is seen where replicas have each seen a part of it', () => {
    const [one, other] = [buildRevertedCounter(), buildRevertedCounter()];
    for (let round = 0; round < threshold; round++) (round % 2 ? one : other).add(update(), round * second);
    const shared = [one, other].map((counter) => counter.counts(threshold * second));
    expect(shared.map((counts) => toContended([counts]).size)).toEqual([0, 0]);
    expect(toContended(shared).get(toId(update()))?.times).toBe(threshold);
  });

  it('names the last three field managers, in an order of their own', () => {
    const counter = buildRevertedCounter();
    const managers = ['a', 'b', 'c', 'd', 'b', 'b', 'd', 'b', 'd', 'b'];
    managers.forEach((manager, at) => void counter.add(update('x', { writer: { manager, user: 'u' } }), at));
    const [found] = toContended([counter.counts(10)]).values();
    expect(found?.writers.map(({ manager }) => manager)).toEqual(['b', 'c', 'd']);
  });

  it('names the same user of a field manager, though each call has a session of its own, on either replica', () => {
    const counters = [buildRevertedCounter(), buildRevertedCounter()];
    const named = Array.from({ length: 60 }, (_, at) => {
      const now = at * 10_000;
      const user = `arn:aws:sts::111122223333:assumed-role/ci/session-${at}`;
      counters[at % 2]?.add(update('x', { writer: { manager: 'kubectl', user } }), now);
      const shared = counters.map((counter) => counter.counts(now));
      return [...toContended(at % 3 === 0 ? shared : shared.reverse()).values()][0]?.writers;
    }).filter((writers) => writers !== undefined);
    expect(named.length).toBeGreaterThan(40);
    expect(new Set(named.map((writers) => JSON.stringify(writers))).size).toBe(1);
  });

  it('of a Secret is not one of the ConfigMap with its name', () => {
    const counter = buildRevertedCounter();
    for (let round = 0; round < 12; round++)
      counter.add(update('x', { kind: round % 2 ? 'Secret' : 'ConfigMap' }), round);
    expect(counter.counts(12).map(({ kind, times }) => [kind, times])).toEqual([
      ['ConfigMap', 6],
      ['Secret', 6],
    ]);
  });
});

describe('what a replica keeps', () => {
  it('is bounded, whatever is written: 256 objects, of which it shares the 50 written most often', () => {
    const counter = buildRevertedCounter();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 1000; n++) counter.add(update(`object-${n}`), round);
      counter.add(update('often'), round);
      counter.add(update('often'), round);
    }
    const shared = counter.counts(3);
    // The first of a thousand were forgotten before their second update came.
    expect(shared).toEqual([{ kind: 'ConfigMap', namespace: 'finance', name: 'often', times: 2, writers: [writer] }]);
    for (let n = 0; n < 200; n++) for (let i = 0; i < 2 + n; i++) counter.add(update(`busy-${n}`), 4);
    const busy = counter.counts(5).map(({ times }) => times);
    expect(busy).toHaveLength(50);
    expect(Math.min(...busy)).toBeGreaterThanOrEqual(152);
  });

  it('is forgotten after the window', () => {
    const counter = buildRevertedCounter();
    for (let round = 0; round < 5; round++) counter.add(update(), round);
    expect(counter.counts(10)).toHaveLength(1);
    expect(counter.counts(windowMs + 20_000)).toEqual([]);
  });

  it('says nothing of a single update', () => {
    const counter = buildRevertedCounter();
    counter.add(update(), 0);
    expect(counter.counts(0)).toEqual([]);
  });
});
