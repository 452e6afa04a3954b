import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { buildTurns } from '../../src/http/turns.ts';

it('each has a turn of its own, in order, and others come between', async () => {
  const turn = buildTurns();
  const seen: string[] = [];
  let ended = false;
  const large = ['a', 'b', 'c'].map((name) => turn().then(() => seen.push(name)));
  const small = (async () => {
    while (!ended) {
      await nextTurn();
      if (seen.at(-1) !== '-') seen.push('-');
    }
  })();
  await Promise.all(large);
  ended = true;
  await small;
  expect(seen.filter((name) => name !== '-')).toEqual(['a', 'b', 'c']);
  expect(seen.join('')).toMatch(/a-b-c/);
});
