/**
 * A bound on how much is in flight at once, first come, first served.
 */

/** Runs a task as soon as there is room for it; rejects at once where too many wait for that already. */
export type Limit = <R>(task: () => Promise<R>) => Promise<R>;

export function buildLimit(concurrency: number, mostWaiting = Number.POSITIVE_INFINITY): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (task) => {
    if (running < concurrency) running += 1;
    else if (waiting.length >= mostWaiting) throw new Error('too many others wait already');
    // The one that ends hands its place on, so that nobody can slip in between.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
