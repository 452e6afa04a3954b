/**
 * Some hundred trials of the fuzzer, each of which follows from the seed and its number.
 */
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { Random } from '../../hadoop/fuzz/random.ts';
import { type Bench, tryDocument } from '../trial.ts';
import { pickAssignment } from './assignments.ts';
import { pickText } from './texts.ts';

/** Questions that wait in a JVM's pipe. */
const slice = 200;
/** java.util.Properties answers a hundred times as fast as Spark, which builds a Hadoop configuration each time. */
const everySpark = 100;

export async function runRound(seed: number, from: number, count: number, bench: Bench): Promise<void> {
  for (let at = from; at < from + count; at += slice) {
    const indexes = Array.from({ length: Math.min(slice, from + count - at) }, (_, index) => at + index);
    await Promise.all(
      indexes.map((index) => {
        const { assignment, text } = buildDocument(seed, index);
        const spark = index % everySpark === 0 || count === 1 ? bench.spark : [];
        return tryDocument(String(index), text, assignment, { ...bench, spark });
      }),
    );
  }
}

export function buildDocument(seed: number, index: number): { readonly text: string; readonly assignment: Assignment } {
  const random = new Random(seed, index);
  const assignment = pickAssignment(random);
  return { assignment, text: pickText(random, [{ ...assignment, enforcement: 'Enforce' }, pickAssignment(random)]) };
}

export function summarize({ tally }: Bench, title: string): string {
  const { documents, loads, readings, catalogs, outcomes, disagreements } = tally;
  const counts = [...outcomes].sort().map(([outcome, count]) => `${outcome} ${count}`);
  return `${counts.join(', ')}\n${title}: ${documents} documents, ${loads} loads by java.util.Properties, ${readings} readings by Spark, ${catalogs} by Iceberg: ${disagreements.length} disagreements`;
}
