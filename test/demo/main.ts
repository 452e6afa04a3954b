/**
 * `npm run demo`: the product at work on a real API server. This file alone ends the process.
 */
import { inspect, styleText } from 'node:util';
import { cacheFolder } from '../run/cache-folder.mjs';
import { parseCommandLine } from './command-line.ts';
import { runDemo } from './demo.ts';
import { createShow } from './show.ts';
import { root } from './stage.ts';
import { listenForStop, StopRequested } from './stop-request.ts';

/** Milliseconds that stopping may take; then the reaper of the control plane does the rest. */
const stopTimeout = 25_000;

const bugs = [TypeError, RangeError, ReferenceError, SyntaxError];

const commandLine = parseCommandLine(process.argv.slice(2));
switch (commandLine.kind) {
  case 'help':
    process.stdout.write(commandLine.text);
    break;
  case 'mistake':
    process.stderr.write(commandLine.text);
    process.exitCode = 2;
    break;
  case 'run':
    process.exit(await run(commandLine.once));
}

async function run(once: boolean): Promise<number> {
  const signal = listenForStop();
  signal.addEventListener('abort', () => {
    process.stderr.write('\nstopping\n');
    setTimeout(() => process.exit(1), stopTimeout).unref();
  });
  const write = (text: string) => void process.stdout.write(text);
  // Heeds NO_COLOR, and leaves out colours where nobody sees them.
  const show = createShow(write, (style, text) => styleText(style, text, { stream: process.stdout }), root);
  try {
    return (await runDemo(show, { once, signal })) ? 0 : 1;
  } catch (error) {
    const { reason } = signal;
    if (signal.aborted && reason instanceof StopRequested) {
      process.stderr.write(`${reason.message}\n`);
      return reason.exitCode;
    }
    process.stderr.write(`\n${explain(error)}\n`);
    return 1;
  }
}

/** What a user can do something about is told in words; a bug is told with its place. */
function explain(error: unknown): string {
  if (!(error instanceof Error) || bugs.some((kind) => error instanceof kind)) return inspect(error);
  const cause = error.cause instanceof Error ? `\n(${error.cause.message})` : '';
  const advice = 'syscall' in error ? `\nThe demo keeps its files in ${cacheFolder()}; XDG_CACHE_HOME moves them.` : '';
  return `${error.message}${cause}${advice}`;
}
