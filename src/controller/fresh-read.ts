/**
 * A read that is never older than the question, shared by all who ask while it runs.
 */

/**
 * Whoever asks while a read runs gets the next one, together with all others who do: that one began after they asked. So two
 * at most are wanted at any time, however many ask.
 */
export function buildFreshRead<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  function start(): Promise<T> {
    const started = read().finally(() => {
      if (running === started) running = undefined;
    });
    running = started;
    return started;
  }

  return () => {
    if (running === undefined) return start();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
