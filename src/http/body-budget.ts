/**
 * Bounds the bytes of all bodies that are being read or judged: the rest wait unread, so that a burst of large
 * ConfigMaps costs time and not memory. A review's memory is several times its body.
 */

export interface BodyBudget {
  /**
   * Waits, first come, first served, until there is room for so many bytes; at most the whole budget is taken. Call
   * `release` of what it resolves to once; `signal` gives up the wait, which then rejects.
   */
  take(bytes: number, signal: AbortSignal): Promise<{ readonly release: () => void }>;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

export function buildBodyBudget(budget: number): BodyBudget {
  const queue = new Set<Waiting>();
  let free = budget;

  function admitNext(): void {
    for (const next of queue) {
      if (next.bytes > free) return;
      queue.delete(next);
      free -= next.bytes;
      next.admit();
    }
  }

  return {
    async take(wanted, signal) {
      const bytes = Math.min(wanted, budget);
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => {
          queue.delete(waiting);
          reject(signal.reason);
          admitNext();
        };
        const waiting: Waiting = {
          bytes,
          admit: () => {
            signal.removeEventListener('abort', giveUp);
            resolve();
          },
        };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', giveUp, { once: true });
        queue.add(waiting);
        admitNext();
      });
      let held = true;
      return {
        release: () => {
          if (!held) return;
          held = false;
          free += bytes;
          admitNext();
        },
      };
    },
  };
}
