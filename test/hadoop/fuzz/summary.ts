/**
 * What a run comes to, in words.
 */
import type { HadoopVersion } from '../jars.ts';
import type { Tally } from './round.ts';

/** The outcomes, the disagreements by promise, and last the line that counts. */
export function summarize(tally: Tally, seed: number, versions: readonly HadoopVersion[]): string {
  const { documents, readings, outcomes, findings } = tally;
  const broken = new Map<string, Set<number>>();
  for (const { promise, subject } of findings) {
    broken.set(promise, (broken.get(promise) ?? new Set()).add(subject.index));
  }
  return [
    [...outcomes]
      .sort()
      .map(([outcome, count]) => `${outcome} ${count}`)
      .join(', '),
    ...[...broken].map(([promise, indexes]) => `${promise}: documents ${list([...indexes])}`),
    `seed ${seed}: ${documents} documents, Hadoop ${versions.join(', ')}: ${readings} readings, ${findings.length} disagreements`,
  ].join('\n');
}

function list(indexes: readonly number[]): string {
  const shown = indexes.slice(0, 20).join(', ');
  return indexes.length > 20 ? `${shown} and ${indexes.length - 20} more` : shown;
}
