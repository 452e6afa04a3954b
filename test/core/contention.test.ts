/**
 * What counts as a fight, with the clock in the test's hand.
 */
import { describe, expect, it } from 'vitest';
import {
  buildRevertedCounts,
  type Reverted,
  threshold,
  toContended,
  toId,
  windowMs,
} from '../../src/core/contention.ts';

const writer = { manager: 'team-operator', user: 'ann' };
const update = (name = 'hadoop', rest: Partial<Reverted> = {}): Reverted => ({
  ...{ kind: 'ConfigMap', namespace: 'finance', name, writer },
  ...rest,
});
const second = 1000;

/** What one replica has to tell after updates at these times, in seconds. */
function contendedAfter(times: readonly number[], now: number) {
  const counts = buildRevertedCounts();
  for (const time of times) counts.add(update(), time * second);
  return toContended([counts.told(now * second)]);
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
    const [one, other] = [buildRevertedCounts(), buildRevertedCounts()];
    for (let round = 0; round < threshold; round++) (round % 2 ? one : other).add(update(), round * second);
    const told = [one, other].map((counts) => counts.told(threshold * second));
    expect(told.map((counts) => toContended([counts]).size)).toEqual([0, 0]);
    expect(toContended(told).get(toId(update()))?.times).toBe(threshold);
  });

  it('names the last three writers, the latest last', () => {
    const counts = buildRevertedCounts();
    const managers = ['a', 'b', 'c', 'd', 'b', 'b', 'd', 'b', 'd', 'b'];
    managers.forEach((manager, at) => void counts.add(update('x', { writer: { manager, user: 'u' } }), at));
    const [found] = toContended([counts.told(10)]).values();
    expect(found?.writers.map(({ manager }) => manager)).toEqual(['c', 'd', 'b']);
  });

  it('of a Secret is not one of the ConfigMap with its name', () => {
    const counts = buildRevertedCounts();
    for (let round = 0; round < 12; round++)
      counts.add(update('x', { kind: round % 2 ? 'Secret' : 'ConfigMap' }), round);
    expect(counts.told(12).map(({ kind, times }) => [kind, times])).toEqual([
      ['ConfigMap', 6],
      ['Secret', 6],
    ]);
  });
});

describe('what a replica keeps', () => {
  it('is bounded, whatever is written: 256 objects, of which it tells the 50 written most often', () => {
    const counts = buildRevertedCounts();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 1000; n++) counts.add(update(`object-${n}`), round);
      counts.add(update('often'), round);
      counts.add(update('often'), round);
    }
    const told = counts.told(3);
    // The first of a thousand were forgotten before their second update came.
    expect(told).toEqual([{ kind: 'ConfigMap', namespace: 'finance', name: 'often', times: 2, writers: [writer] }]);
    for (let n = 0; n < 200; n++) for (let i = 0; i < 2 + (n % 200); i++) counts.add(update(`busy-${n}`), 4);
    const busy = counts.told(5).map(({ times }) => times);
    expect(busy).toHaveLength(50);
    expect(Math.min(...busy)).toBeGreaterThanOrEqual(152);
  });

  it('is forgotten after the window', () => {
    const counts = buildRevertedCounts();
    for (let round = 0; round < 5; round++) counts.add(update(), round);
    expect(counts.told(10)).toHaveLength(1);
    expect(counts.told(windowMs + 20_000)).toEqual([]);
  });

  it('says nothing of a single update', () => {
    const counts = buildRevertedCounts();
    counts.add(update(), 0);
    expect(counts.told(0)).toEqual([]);
  });
});
