/**
 * Shares reads between callers, without ever returning a read that began before the call.
 */

/**
 * A call while a read runs waits for the next read, which all such calls share: that read begins after them. So at most one
 * read runs and one waits, however many callers there are.
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
