/**
 * What was meant by a mistyped word.
 */

/** The word that takes the fewest edits, if they are so few that it can be meant. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3));
  const near = words
    .map((other) => ({ other, edits: countEdits(word, other) }))
    .filter(({ other, edits }) => edits <= most || (word.length > 2 && other.startsWith(word)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.other;
}

/** Characters to be inserted, removed, replaced, or swapped with the next one. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      row.push(swapped ? Math.min(least, at(beforeLast, j - 2) + 1) : least);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
