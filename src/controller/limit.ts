/**
 * A bound on tasks that run at the same time, first come, first served.
 */

/** Runs a task as soon as there is room for it. Rejects at once where too many tasks wait already. */
export type Limit = <R>(task: () => Promise<R>) => Promise<R>;

export function buildLimit(concurrency: number, mostWaiting = Number.POSITIVE_INFINITY): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (task) => {
    if (running < concurrency) running += 1;
    else if (waiting.length >= mostWaiting) throw new Error('too many others wait already');
    // A task that ends passes its place to the next one, so that no newer task gets it first.
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
