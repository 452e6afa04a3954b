/**
 * Bounds the bytes of all bodies that are being read or answered. The others wait unread, so a burst of large ConfigMaps takes
 * time and not memory. A review needs several times the memory of its body.
 */

export interface BodyBudget {
  /**
   * Waits until there is room for so many bytes, first come, first served; at most the whole budget is taken. The caller must
   * call `release` afterwards. Rejects where `signal` ends the wait.
   */
  take(bytes: number, signal: AbortSignal): Promise<{ readonly release: () => void }>;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** `budget` is in bytes, or in any other unit that `take` is called with. */
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
