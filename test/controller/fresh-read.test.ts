/**
 * Reads that are shared, and never older than the question.
 */
import { expect, it } from 'vitest';
import { buildFreshRead } from '../../src/controller/fresh-read.ts';

/** Reads that end when the test says so; each gives its number. */
function build() {
  const ends: ((failure?: Error) => void)[] = [];
  const read = buildFreshRead(() => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const number = ends.length + 1;
    ends.push((failure) => (failure === undefined ? resolve(number) : reject(failure)));
    return promise;
  });
  return { read, ends };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('who asks while one runs gets the next, together with all others', async () => {
  const { read, ends } = build();
  const first = read();
  const others = [read(), read(), read()];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  expect(await first).toBe(1);
  await turn();
  expect(ends).toHaveLength(2);
  const later = read();
  ends[1]?.();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await turn();
  ends[2]?.();
  expect(await later).toBe(3);
});

it('one that fails is the failure of those who asked before it began, and of nobody else', async () => {
  const { read, ends } = build();
  const first = read();
  const second = read();
  ends[0]?.(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await turn();
  ends[1]?.();
  expect(await second).toBe(2);
});
