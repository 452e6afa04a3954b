/**
 * The last few things that were found out about texts, so that they need not be found out once more.
 */
export interface Recent<V> {
  /** What was put for this text last, unless many others were used since. */
  get(text: string): V | undefined;
  put(text: string, value: V): void;
}

export interface RecentOptions {
  /** Texts that are kept. */
  readonly most: number;
  /** Of one of them, in UTF-16 code units; nothing is kept of longer ones. */
  readonly longest: number;
}

export function buildRecent<V>({ most, longest }: RecentOptions): Recent<V> {
  /** The one that was used last at the end. */
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
