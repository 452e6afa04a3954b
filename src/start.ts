/**
 * Runs the command line with the arguments, streams and environment of the process.
 */
import { isatty } from 'node:tty';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandEntry, Io } from './cli/command.ts';
import { runCommandLine } from './cli/run.ts';
import { environment } from './config/environment.ts';

/** Runs the command that the process was started with; resolves to its exit code, and never rejects. */
export function startCommandLine(entries: readonly CommandEntry[]): Promise<number> {
  // The reader of the output may close it early (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return runCommandLine(process.argv.slice(2), entries, packageJson.version, buildIo());
}

function buildIo(): Io {
  return {
    stdin: readStdin,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: { in: isatty(0), out: isatty(1), err: isatty(2) },
    env: environment,
    cwd: process.cwd(),
  };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
