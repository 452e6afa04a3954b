/**
 * Progress for steps that take minutes: a line when one begins and ends, and one at least every ten seconds between.
 */
export type Say = (line: string) => void;

/** Writes to stderr: stdout belongs to results. */
export const sayOnStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Runs `step`, saying every ten seconds how long it has been going and what `state` tells about it. */
export async function withProgress<T>(
  say: Say,
  title: string,
  step: (state: (now: string) => void) => Promise<T>,
): Promise<T> {
  const started = Date.now();
  let state = '';
  const tell = (): void => say(`[${elapsed(started)}] ${title}${state && `: ${state}`}`);
  tell();
  const ticker = setInterval(tell, 10_000);
  try {
    const result = await step((now) => {
      state = now;
    });
    state = 'done';
    tell();
    return result;
  } finally {
    clearInterval(ticker);
  }
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}
