/**
 * The command line of `npm run scale`.
 */
import { parseArgs } from 'node:util';
import type { ScaleOptions } from './run.ts';

export const usage = `npm run scale -- [OPTION...]
  --config-maps N      how many there are (default 100000)
  --config-objects N        how many of them hold Hadoop files (default 10000)
  --namespaces N       1000 at most (default 1000)
  --assignments N      (default 200)
  --concurrency N      of the operator, and of the bare loop (default 8)
  --rounds N           of the comparison with the bare loop; 0 leaves it out (default 5)
  --steady-seconds S   how long nothing may happen (default 60)
  --pass-seconds S     between two resyncs of which one is observed (default 60)
  --node-flags=FLAGS   for the operator's Node, separated by blanks, for example --node-flags=--cpu-prof`;

/** @throws TypeError or RangeError with a sentence for the user */
export function parseOptions(words: readonly string[]): ScaleOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      'config-maps': text,
      'config-objects': text,
      namespaces: text,
      assignments: text,
      concurrency: text,
      rounds: text,
      'steady-seconds': text,
      'pass-seconds': text,
      'node-flags': text,
    },
  });
  const count = (name: Exclude<keyof typeof values, 'node-flags'>, fallback: number, least = 1): number => {
    const value = Number(values[name] ?? fallback);
    if (!Number.isInteger(value) || value < least)
      throw new RangeError(`--${name} must be a whole number from ${least}`);
    return value;
  };
  return {
    configMaps: count('config-maps', 100_000),
    configObjects: count('config-objects', 10_000),
    namespaces: count('namespaces', 1000),
    assignments: count('assignments', 200, 2),
    concurrency: count('concurrency', 8),
    rounds: count('rounds', 5, 0),
    steadySeconds: count('steady-seconds', 60),
    passSeconds: count('pass-seconds', 60, 10),
    nodeFlags: values['node-flags']?.split(' ').filter((flag) => flag !== '') ?? [],
  };
}
