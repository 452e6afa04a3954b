/**
 * Carriers that can't be repaired delay the others of their cluster by little, however many they are.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { key, startSmallWorld } from './small-world.ts';

let world: Awaited<ReturnType<typeof startSmallWorld>>;

beforeEach(async () => {
  vi.useFakeTimers();
  world = await startSmallWorld(60_000);
});

afterEach(async () => {
  const stopped = world.stop();
  // What hangs has to end first.
  await vi.advanceTimersByTimeAsync(15_000);
  await stopped;
  vi.useRealTimers();
});

/** The seconds until all of these (`namespace/name`) hold the key, or `atMost`. */
async function secondsUntilEncrypted(paths: readonly string[], arn: string, atMost: number): Promise<number> {
  const isEncrypted = (path: string) => world.text(...(path.split('/') as [string, string]))?.includes(arn) ?? false;
  for (let seconds = 0; seconds < atMost; seconds++) {
    if (paths.every(isEncrypted)) return seconds;
    await vi.advanceTimersByTimeAsync(1000);
  }
  return atMost;
}

describe.each(['failing', 'denied'] as const)('of one namespace, where the first thousand are %s', (how) => {
  it('all others are repaired before these are tried again and again', async () => {
    world.namespace('a');
    for (let i = 0; i < 1000; i++) {
      world.carrier('a', `bad-${i}`);
      world[how].add(`a/bad-${i}`);
    }
    const good = Array.from({ length: 5 }, (_, i) => `good-${i}`);
    for (const name of good) world.carrier('a', name);
    world.assign('finance', { namespaces: ['a'], key: { arn: key(1) } });
    const seconds = await secondsUntilEncrypted(
      good.map((name) => `a/${name}`),
      key(1),
      1000,
    );
    // A request takes 50 ms; eight in a row without an answer let the namespace wait for a second.
    expect(seconds).toBeLessThan(how === 'failing' ? 200 : 30);
  });
});

describe.each([2, 3])('elsewhere, where in %i namespaces every readmission hangs', (count) => {
  const hanging = Array.from({ length: count }, (_, i) => `hanging-${i}`);
  const good = Array.from({ length: 20 }, (_, i) => `good-${i}`);
  const paths = good.flatMap((namespace) => Array.from({ length: 10 }, (_, i) => `${namespace}/cm-${i}`));

  it('all others are repaired once that is known, and at once at the next rotation', async () => {
    for (const namespace of hanging) {
      world.namespace(namespace);
      world.hanging.add(namespace);
      for (let i = 0; i < 100; i++) world.carrier(namespace, `cm-${i}`);
    }
    for (const namespace of good) world.namespace(namespace);
    for (const path of paths) world.carrier(...(path.split('/') as [string, string]));
    const namespaces = [...hanging, ...good];
    world.assign('finance', { namespaces, key: { arn: key(1) } });
    // Nobody knows before that they hang, and what hangs is given up after 15 s.
    expect(await secondsUntilEncrypted(paths, key(1), 100)).toBeLessThan(25);
    for (let round = 2; round < 4; round++) {
      await vi.advanceTimersByTimeAsync(20_000);
      world.assign('finance', { namespaces, key: { arn: key(round) } });
      expect(await secondsUntilEncrypted(paths, key(round), 100)).toBeLessThan(15);
    }
  });
});
