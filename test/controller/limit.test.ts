/**
 * The bound on what is in flight.
 */
import { describe, expect, it } from 'vitest';
import { buildLimit, forEach } from '../../src/controller/limit.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a limit', () => {
  it('has at most so many tasks in flight, in the order in which they came', async () => {
    const limit = buildLimit(3);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        limit(async () => {
          started.push(i);
          most = Math.max(most, ++running);
          await turn();
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(started).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('keeps its places when tasks fail', async () => {
    const limit = buildLimit(1);
    const failing = Array.from({ length: 3 }, () => limit(() => Promise.reject(new Error('failed'))));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(await limit(async () => 'done')).toBe('done');
  });
});

describe('for each', () => {
  it('comes to every item once, so many at once', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await forEach(
      [1, 2, 3, 4, 5, 6, 7],
      3,
      () => true,
      async (item) => {
        most = Math.max(most, ++running);
        await turn();
        seen.push(item);
        running -= 1;
      },
    );
    expect(most).toBe(3);
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('starts nothing once it is lastEvent not to go on, and waits for what runs', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    await forEach(
      [1, 2, 3, 4, 5, 6],
      2,
      () => started.length < 3,
      async (item) => {
        started.push(item);
        await turn();
        ended.push(item);
      },
    );
    expect(started).toEqual([1, 2, 3]);
    expect(ended.sort()).toEqual([1, 2, 3]);
  });
});
