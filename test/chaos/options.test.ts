/**
 * The command line of `npm run chaos`.
 */
import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

it('has a default for everything, and the clock tells the seed', () => {
  expect(parseOptions([], 7)).toEqual({ seed: 7, minutes: 2, configMaps: 5000 });
});

it('takes what is said', () => {
  const words = ['--seed', '3', '--minutes', '0.5', '--config-maps', '100'];
  expect(parseOptions(words, 7)).toEqual({ seed: 3, minutes: 0.5, configMaps: 100 });
});

it.each(['--seed=x', '--seed=1.5', '--minutes=-1', '--config-maps=', '--other=1'])('refuses %s', (word) => {
  expect(() => parseOptions([word], 7)).toThrow(TypeError);
});
