/**
 * The command line of `npm run chaos`.
 */
import { parseArgs } from 'node:util';

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly configMaps: number;
}

export const usage = `npm run chaos -- [OPTION...]
  --seed N           which sequence of actions (default: by the clock; it is printed)
  --minutes M        how long things go wrong (default 2; fractions are fine)
  --config-maps N    how many ConfigMaps are there to begin with (default 5000)`;

/** @throws TypeError with a sentence for the user */
export function parseOptions(words: readonly string[], now: number): Options {
  const { values } = parseArgs({
    args: [...words],
    options: { seed: { type: 'string' }, minutes: { type: 'string' }, 'config-maps': { type: 'string' } },
  });
  const toNumber = (name: keyof typeof values, fallback: number, whole: boolean): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < 0 || (whole && !Number.isInteger(value)))
      throw new TypeError(`--${name} ${text} is not a ${whole ? 'whole ' : ''}number`);
    return value;
  };
  return {
    seed: toNumber('seed', now % 2 ** 31, true),
    minutes: toNumber('minutes', 2, false),
    configMaps: toNumber('config-maps', 5000, true),
  };
}
