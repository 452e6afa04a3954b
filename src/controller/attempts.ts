/**
 * Attempts in flight: bounded over all namespaces and within each, and one that hangs holds up nothing but its own place.
 */
import type { Logger } from 'pino';
import { buildLimit } from './limit.ts';

export interface Attempts<C extends { readonly namespace: string }> {
  /** How many more a namespace may have in flight. */
  room(namespace: string): number;
  inFlight(object: C): boolean;
  /**
   * Runs the task as soon as there is a place for it. `late` where it goes on for longer than the patience: then it is
   * waited for no longer, keeps its place until it ends, and `onLate` is called then. `putOff` where it wasn't started,
   * since it is likely to be late, and others that were are in flight. Rejects as the task does, if it isn't late.
   */
  run(object: C, task: () => Promise<void>): Promise<'ended' | 'late' | 'putOff'>;
  /** Resolves when those that were late have ended, too. */
  settled(): Promise<void>;
}

export interface AttemptsOptions {
  /** In flight at once. One namespace gets half of it; those that are likely to be late, a quarter. */
  readonly concurrency: number;
  readonly patienceMs: number;
  /** A late attempt has ended. */
  readonly onLate: (namespace: string) => void;
  readonly log: Logger;
}

/**
 * Objects that were late the last time are suspects; so are all of a namespace where one was and none has ended in time
 * since. Else two namespaces in which everything hangs would take all places, by objects that were never tried before.
 * A namespace's suspicion ends by itself, too, in case others hold the places in which it could prove itself.
 */
const suspicionMs = 60_000;

export function buildAttempts<C extends { readonly namespace: string }>(options: AttemptsOptions): Attempts<C> {
  const { concurrency, patienceMs, onLate, log } = options;
  const limit = buildLimit(concurrency);
  const width = Math.ceil(concurrency / 2);
  const mostSuspects = Math.ceil(concurrency / 4);
  const late = new Map<C, Promise<void>>();
  const suspects = new WeakSet<C>();
  /** When the last one of a namespace was late, in milliseconds of the monotonic clock. */
  const suspectNamespaces = new Map<string, number>();
  let suspectsInFlight = 0;

  function isLate(object: C, attempt: Promise<void>): void {
    suspects.add(object);
    const now = performance.now();
    // Namespaces come and go: of those that are gone nobody asks any more.
    for (const [name, since] of suspectNamespaces) if (now - since >= suspicionMs) suspectNamespaces.delete(name);
    suspectNamespaces.set(object.namespace, now);
    const ending = attempt
      .catch((err: unknown) => log.error({ err, namespace: object.namespace }, 'a late attempt failed'))
      .then(() => {
        late.delete(object);
        onLate(object.namespace);
      });
    late.set(object, ending);
  }

  function isSuspect(object: C): boolean {
    const since = suspectNamespaces.get(object.namespace) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - since < suspicionMs) return true;
    suspectNamespaces.delete(object.namespace);
    return suspects.has(object);
  }

  function isInTime(object: C): void {
    suspects.delete(object);
    suspectNamespaces.delete(object.namespace);
  }

  return {
    room: (namespace) => width - [...late.keys()].filter((object) => object.namespace === namespace).length,
    inFlight: (object) => late.has(object),
    async run(object, task) {
      const suspect = isSuspect(object);
      if (suspect && suspectsInFlight >= mostSuspects) return 'putOff';
      if (suspect) suspectsInFlight += 1;
      const started = Promise.withResolvers<void>();
      const attempt = limit(() => {
        started.resolve();
        return task();
      }).finally(() => {
        if (suspect) suspectsInFlight -= 1;
      });
      await started.promise;
      const patience = Promise.withResolvers<'late'>();
      const timer = setTimeout(() => patience.resolve('late'), patienceMs);
      const outcome = await Promise.race([attempt.then(() => 'ended' as const), patience.promise]).finally(() =>
        clearTimeout(timer),
      );
      if (outcome === 'late') isLate(object, attempt);
      else isInTime(object);
      return outcome;
    },
    async settled() {
      await Promise.all(late.values());
    },
  };
}
