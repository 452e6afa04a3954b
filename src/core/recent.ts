/**
 * A small least-recently-used cache of results, by text.
 */
export interface Recent<V> {
  /** The value that was put for this text last; undefined where it was evicted. */
  get(text: string): V | undefined;
  put(text: string, value: V): void;
}

export interface RecentOptions {
  /** How many texts are kept. */
  readonly most: number;
  /** The longest text that is kept, in UTF-16 code units. */
  readonly longest: number;
}

export function buildRecent<V>({ most, longest }: RecentOptions): Recent<V> {
  /** The most recently used text is last. */
  const known = new Map<string, V>();

  function put(text: string, value: V): void {
    if (text.length > longest) return;
    known.delete(text);
    known.set(text, value);
    for (const oldest of known.keys()) {
      if (known.size <= most) return;
      known.delete(oldest);
    }
  }

  return {
    get(text) {
      const value = known.get(text);
      if (value !== undefined) put(text, value);
      return value;
    },
    put,
  };
}
