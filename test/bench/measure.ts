/**
 * The processor's time for two pieces of work that are done by turns, so that a busy machine slows both alike.
 */

export interface Comparison {
  /** Medians, in milliseconds of the processor's time for one turn. */
  readonly first: number;
  readonly second: number;
  /** The median of what the second took in each round, as a multiple of what the first took. */
  readonly ratio: number;
}

export interface Effort {
  readonly rounds: number;
  /** How long each piece of work is repeated in a round, in milliseconds. */
  readonly slice: number;
}

export function compare(first: () => unknown, second: () => unknown, { rounds, slice }: Effort): Comparison {
  const repeats = Math.max(1, Math.ceil(slice / time(first, 1)));
  const pairs = Array.from({ length: rounds }, () => [time(first, repeats), time(second, repeats)] as const);
  return {
    first: median(pairs.map(([a]) => a)) / repeats,
    second: median(pairs.map(([, b]) => b)) / repeats,
    ratio: median(pairs.map(([a, b]) => b / a)),
  };
}

/** What the process has worked, not what it has waited for others, in milliseconds. */
function time(work: () => unknown, repeats: number): number {
  const start = process.cpuUsage();
  for (let turn = 0; turn < repeats; turn++) work();
  const { user, system } = process.cpuUsage(start);
  return Math.max((user + system) / 1000, 0.001);
}

/** @throws RangeError if there are none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('the median of nothing');
  return (low + high) / 2;
}
