/**
 * A sleep that can be ended early, and stopped for good.
 */
export interface Sleeper {
  /** Sleeps at least `least` and at most `most` milliseconds. In between `wake` ends it, also a call from before it began. */
  sleep(least: number, most: number): Promise<void>;
  wake(): void;
  /** Ends the sleep at once; `stopped` is true from now on. */
  stop(): void;
  stopped(): boolean;
}

export function buildSleeper(): Sleeper {
  let woken = false;
  let stopped = false;
  let onChange = () => {};

  /** Sleeps for `duration`, or until `enough` holds after a change. */
  function pause(duration: number, enough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        onChange = () => {};
        resolve();
      };
      const timer = setTimeout(end, duration);
      timer.unref();
      onChange = () => {
        if (enough()) end();
      };
      onChange();
    });
  }

  return {
    async sleep(least, most) {
      await pause(least, () => stopped);
      if (most > least) await pause(most - least, () => stopped || woken);
      woken = false;
    },
    wake() {
      woken = true;
      onChange();
    },
    stop() {
      stopped = true;
      onChange();
    },
    stopped: () => stopped,
  };
}
