/**
 * The cache of a list-watch: a small digest of each object of a collection, never the object itself.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { StoredObject } from '../ports/stored-object.ts';

export interface DigestsOptions<T> {
  /**
   * What is kept of an object; `undefined` keeps nothing, as if it didn't exist. `before` is what was kept of its last
   * version.
   */
  readonly reduce: (object: StoredObject, before: T | undefined) => T | undefined;
  /** Called when what is kept under a key (`name` or `namespace/name`) changed; not when `reduce` returned `before`. */
  readonly onChange?: (key: string, before: T | undefined, after: T | undefined) => void;
  readonly log: Logger;
}

export interface Digests<T> {
  readonly kept: ReadonlyMap<string, T>;
  /** Reduces a version of an object, and returns its key. */
  take(object: StoredObject): Promise<string>;
  drop(object: StoredObject): void;
  /** Drops all but these. */
  retain(keys: ReadonlySet<string>): void;
}

/** After so many milliseconds of work the event loop gets a turn: the webhook answers on the same thread. */
const turnMs = 10;

/** Builds an empty cache; errors of `reduce` and `onChange` are logged. */
export function buildDigests<T>({ reduce, onChange, log }: DigestsOptions<T>): Digests<T> {
  const kept = new Map<string, T>();
  let turnEnds = 0;

  /** One object that makes `reduce` throw must not stop the watch of all others. */
  function update(key: string, toAfter: (before: T | undefined) => T | undefined): void {
    try {
      const before = kept.get(key);
      const after = toAfter(before);
      if (after === before) return;
      if (after === undefined) kept.delete(key);
      else kept.set(key, after);
      onChange?.(key, before, after);
    } catch (error) {
      log.error({ err: error, key }, 'an object could not be taken in');
    }
  }

  return {
    kept,
    async take(object) {
      const key = keyOf(object);
      update(key, (before) => reduce(object, before));
      if (performance.now() > turnEnds) {
        await nextTurn();
        turnEnds = performance.now() + turnMs;
      }
      return key;
    },
    drop: (object) => update(keyOf(object), () => undefined),
    retain(keys) {
      for (const key of [...kept.keys()]) if (!keys.has(key)) update(key, () => undefined);
    },
  };
}

function keyOf({ metadata }: StoredObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
