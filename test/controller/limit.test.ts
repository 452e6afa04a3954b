/**
 * The bound on what is in flight.
 */
import { describe, expect, it } from 'vitest';
import { buildLimit } from '../../src/controller/limit.ts';

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
