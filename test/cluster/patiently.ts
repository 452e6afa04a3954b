/**
 * Waits for what pods do in their own time, on a machine that has more to do.
 */
import { eventually } from '../product/eventually.ts';

/** Repeats a question until its answer is right. @throws Error with the last answer, after three minutes */
export function patiently<T>(question: () => Promise<T>, right: (answer: T) => boolean): Promise<T> {
  return eventually(question, right, undefined, 180_000);
}
