/**
 * Runs a property over generated values: the same ones each time, others with `FC_SEED`, more with `FC_RUNS`.
 */
import fc from 'fast-check';

const seed = Number(process.env.FC_SEED ?? 20260);
const factor = Number(process.env.FC_RUNS ?? 1);

/** Fails with the shrunk value, the seed and the path to it. */
export function always<T>(runs: number, values: fc.Arbitrary<T>, holds: (value: T) => void): void {
  fc.assert(
    fc.property(values, (value) => {
      holds(value);
    }),
    { seed, numRuns: Math.ceil(runs * factor), includeErrorInReport: true },
  );
}
