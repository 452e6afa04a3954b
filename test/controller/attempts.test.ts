/**
 * How many attempts are in flight, and what becomes of those that hang.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Attempts, buildAttempts } from '../../src/controller/attempts.ts';
import { silent } from '../cluster-client/silent.ts';

interface ConfigObject {
  readonly namespace: string;
  readonly name: string;
}

let attempts: Attempts<ConfigObject>;
let late: string[];
let started: string[];
let hanging: Map<ConfigObject, () => void>;

beforeEach(() => {
  vi.useFakeTimers();
  late = [];
  started = [];
  hanging = new Map();
  attempts = buildAttempts({
    concurrency: 8,
    patienceMs: 1000,
    onLate: (namespace) => late.push(namespace),
    log: silent,
  });
});
afterEach(() => vi.useRealTimers());

const object = (namespace: string, name = 'cm'): ConfigObject => ({ namespace, name });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function hang(one: ConfigObject) {
  return attempts.run(one, () => {
    started.push(one.namespace);
    return new Promise<void>((resolve) => hanging.set(one, resolve));
  });
}

function run(one: ConfigObject) {
  return attempts.run(one, async () => void started.push(one.namespace));
}

it('one that ends in time has ended, and leaves nothing behind', async () => {
  expect(await run(object('a'))).toBe('ended');
  expect(attempts.room('a')).toBe(4);
  await pass(5000);
  expect(late).toEqual([]);
});

it('one that hangs is waited for no longer than the patience, and takes a place of its namespace until it ends', async () => {
  const one = object('a');
  const outcome = hang(one);
  await pass(1000);
  expect(await outcome).toBe('late');
  expect([attempts.room('a'), attempts.room('b')]).toEqual([3, 4]);
  expect(attempts.inFlight(one)).toBe(true);
  hanging.get(one)?.();
  await pass(0);
  expect(late).toEqual(['a']);
  expect(attempts.room('a')).toBe(4);
  expect(attempts.inFlight(one)).toBe(false);
});

it('no more than the concurrency are in flight, those that hang included', async () => {
  const all = Array.from({ length: 10 }, (_, i) => hang(object(`n-${i}`)));
  await pass(5000);
  expect(started).toHaveLength(8);
  for (const end of [...hanging.values()]) end();
  await pass(0);
  expect(started).toHaveLength(10);
  for (const end of hanging.values()) end();
  await pass(0);
  await Promise.all(all);
  await attempts.settled();
});

it('of those that hung the last time only a few are in flight, so that there is room for all others', async () => {
  const suspects = Array.from({ length: 8 }, (_, i) => object(`n-${i}`));
  for (const one of suspects) void hang(one);
  await pass(1000);
  for (const end of hanging.values()) end();
  await pass(0);
  const outcomes = suspects.map((one) => hang(one));
  await pass(1000);
  expect((await Promise.all(outcomes)).sort()).toEqual([...Array(2).fill('late'), ...Array(6).fill('putOff')]);
  expect(await run(object('other'))).toBe('ended');
  // One that is quick again is like any other.
  for (const end of hanging.values()) end();
  await pass(0);
  for (const one of suspects) expect(await run(one)).toBe('ended');
  const again = suspects.slice(0, 4).map((one) => hang(one));
  await pass(1000);
  expect(await Promise.all(again)).toEqual(Array(4).fill('late'));
});

it('so it is with all of a namespace where some hang, for a minute or until one ends in time', async () => {
  for (const name of ['1', '2']) void hang(object('a', name));
  await pass(1000);
  for (const name of ['3', '4']) void hang(object('a', name));
  expect(await run(object('a', '5'))).toBe('putOff');
  expect(await run(object('b'))).toBe('ended');
  await pass(60_000);
  expect(await run(object('a', '5'))).toBe('putOff');
  await pass(1000);
  expect(await run(object('a', '5'))).toBe('ended');
  // The next one that hangs makes suspects of them again.
  void hang(object('a', '6'));
  await pass(1000);
  expect(await run(object('a', '8'))).toBe('putOff');
});

it('a failure is the caller’s, unless it is late: then it ends like any other', async () => {
  const failing = () => Promise.reject(new Error('failed'));
  await expect(attempts.run(object('a'), failing)).rejects.toThrow('failed');
  const later = new Promise<void>((_, reject) => setTimeout(() => reject(new Error('failed late')), 3000));
  const outcome = attempts.run(object('a'), () => later);
  await pass(1000);
  expect(await outcome).toBe('late');
  await pass(2000);
  await attempts.settled();
  expect(late).toEqual(['a']);
});
