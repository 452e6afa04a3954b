/**
 * Waits for what the operator or the API server do in their own time.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats a question until its answer is right.
 * @throws Error with the last answer, after half a minute; the signal's reason, once it is aborted
 */
export async function eventually<T>(
  question: () => Promise<T>,
  right: (answer: T) => boolean,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await question();
    if (right(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not in 30 s; the last answer: ${JSON.stringify(answer, null, 1)}`);
    await sleep(100);
  }
}
