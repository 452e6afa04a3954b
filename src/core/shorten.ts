/**
 * Shortens texts and lists for display: a ConfigMap of 1 MiB may hold one name of that length, or ten thousand files or
 * settings.
 */

/** At most `most` UTF-16 code units; the last one is an ellipsis where something is left out. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
}

/** As many whole characters as fit into `bytes` bytes of UTF-8, with an ellipsis where some are left out. */
export function shortenToBytes(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= bytes) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(bytes - encoder.encode('…').length));
  return `${text.slice(0, read)}…`;
}

const mostItems = 10;

/** Ten items at most. Where there are more, nine, so that the tenth line can say how many are left. */
export function firstFew<T>(all: readonly T[]): { readonly shown: readonly T[]; readonly left: number } {
  const shown = all.length > mostItems ? all.slice(0, mostItems - 1) : all;
  return { shown, left: all.length - shown.length };
}

/** For a list of sentences, one line each. */
export function toLines(sentences: readonly string[]): readonly string[] {
  const { shown, left } = firstFew(sentences);
  return left > 0 ? [...shown, `and ${left} more like these`] : shown;
}

/** For a list within a sentence. */
export function toNames(names: readonly string[]): string {
  const { shown, left } = firstFew(names);
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}
