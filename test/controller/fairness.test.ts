/**
 * Config objects that can't be repaired delay the others of their cluster by little, however many they are.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { key, startSmallWorld } from './small-world.ts';

let client: Awaited<ReturnType<typeof startSmallWorld>>;

beforeEach(async () => {
  vi.useFakeTimers();
  client = await startSmallWorld(60_000);
});

afterEach(async () => {
  const stopped = client.stop();
  // What hangs has to end first.
  await vi.advanceTimersByTimeAsync(15_000);
  await stopped;
  vi.useRealTimers();
});

/** The seconds until all of these (`namespace/name`) hold the key, or `atMost`. */
async function secondsUntilEncrypted(paths: readonly string[], arn: string, atMost: number): Promise<number> {
  const isEncrypted = (path: string) => client.text(...(path.split('/') as [string, string]))?.includes(arn) ?? false;
  for (let seconds = 0; seconds < atMost; seconds++) {
    if (paths.every(isEncrypted)) return seconds;
    await vi.advanceTimersByTimeAsync(1000);
  }
  return atMost;
}

describe.each(['failing', 'denied'] as const)('of one namespace, where the first thousand are %s', (how) => {
  it('all others are repaired before these are tried again and again', async () => {
    client.namespace('a');
    for (let i = 0; i < 1000; i++) {
      client.object('a', `bad-${i}`);
      client[how].add(`a/bad-${i}`);
    }
    const good = Array.from({ length: 5 }, (_, i) => `good-${i}`);
    for (const name of good) client.object('a', name);
    client.assign('finance', { namespaces: ['a'], key: { arn: key(1) } });
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
      client.namespace(namespace);
      client.hanging.add(namespace);
      for (let i = 0; i < 100; i++) client.object(namespace, `cm-${i}`);
    }
    for (const namespace of good) client.namespace(namespace);
    for (const path of paths) client.object(...(path.split('/') as [string, string]));
    const namespaces = [...hanging, ...good];
    client.assign('finance', { namespaces, key: { arn: key(1) } });
    // Nobody knows before that they hang, and what hangs is given up after 15 s.
    expect(await secondsUntilEncrypted(paths, key(1), 100)).toBeLessThan(25);
    for (let round = 2; round < 4; round++) {
      await vi.advanceTimersByTimeAsync(20_000);
      client.assign('finance', { namespaces, key: { arn: key(round) } });
      expect(await secondsUntilEncrypted(paths, key(round), 100)).toBeLessThan(15);
    }
  });
});
