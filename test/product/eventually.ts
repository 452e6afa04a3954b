/**
 * Waits for what the operator or the API server do in their own time.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats a question until its answer is right.
 * @throws Error with what was awaited and the last answer, after `patience` milliseconds; the signal's reason, once it is aborted
 */
export async function eventually<T>(
  question: () => Promise<T>,
  right: (answer: T) => boolean,
  signal?: AbortSignal,
  patience = 30_000,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await question();
    if (right(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`not in ${patience / 1000} s: ${right}; the last answer: ${JSON.stringify(answer, null, 1)}`);
    await sleep(100);
  }
}
