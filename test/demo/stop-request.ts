/**
 * What ends the demo before it would end by itself.
 */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The reason of the signal's abortion. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
  readonly exitCode: number;

  constructor(by: string, exitCode: number) {
    super(`ended by ${by}`);
    this.exitCode = exitCode;
  }
}

/**
 * Aborted at the first signal, at the end of whoever started us (npm, killed outright, passes no signal on), or when nobody
 * reads our output any more. Further signals change nothing: a terminal and npm both tell of the same Ctrl-C.
 */
export function listenForStop(): AbortSignal {
  const stop = new AbortController();
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    process.on(signal, () => stop.abort(new StopRequested(signal, exitCode)));
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => stop.abort(new StopRequested('the end of its output', 1)));
  }
  const parent = process.ppid;
  const watch = () => process.ppid !== parent && stop.abort(new StopRequested('the end of its parent', 1));
  setInterval(watch, 1_000).unref();
  return stop.signal;
}
