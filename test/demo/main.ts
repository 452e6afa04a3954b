/**
 * `npm run demo`: the product at work on a real API server. This file alone ends the process.
 */
import { styleText } from 'node:util';
import { BinariesMissing } from '../controlplane/binaries.ts';
import { CommandFailed } from '../controlplane/command.ts';
import { parseCommandLine } from './command-line.ts';
import { runDemo } from './demo.ts';
import { createShow } from './show.ts';
import { root } from './stage.ts';
import { listenForStop, StopRequested } from './stop-request.ts';

/** Milliseconds that stopping may take; then the reaper of the control plane does the rest. */
const stopTimeout = 25_000;

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

/** What a user can do something about is told in words; the rest is a bug, and told with its place. */
function explain(error: unknown): string {
  if (error instanceof BinariesMissing || error instanceof CommandFailed) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
