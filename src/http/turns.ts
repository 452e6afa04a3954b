/**
 * One costly review a turn of the event loop: what is small, and the kubelet's questions, are answered in between.
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
