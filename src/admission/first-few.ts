/**
 * How much of a list an answer tells: a ConfigMap of 1 MiB has room for ten thousand files or settings to name.
 */
const most = 10;

/** Ten at most; where there are more, the tenth's place is for the number of those left. */
export function firstFew<T>(all: readonly T[]): { readonly shown: readonly T[]; readonly left: number } {
  const shown = all.length > most ? all.slice(0, most - 1) : all;
  return { shown, left: all.length - shown.length };
}

/** For a list of sentences, each of which gets a line. */
export function toLines(sentences: readonly string[]): readonly string[] {
  const { shown, left } = firstFew(sentences);
  return left > 0 ? [...shown, `and ${left} more like these`] : shown;
}

/** For a list within a sentence. */
export function toNames(names: readonly string[]): string {
  const { shown, left } = firstFew(names);
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}
