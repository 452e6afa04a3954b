/**
 * Handles one costly review in each turn of the event loop, so that small reviews and probes are answered in between.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Resolves in a turn of its own, in the order of the calls. */
export function buildTurns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => nextTurn());
    return last;
  };
}
