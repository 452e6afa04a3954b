/**
 * Runs the command line with the arguments, streams and environment of the process.
 */
import { isatty } from 'node:tty';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandEntry, Io } from './cli/command.ts';
import { Failure } from './cli/errors.ts';
import { runCommandLine } from './cli/run.ts';
import { environment } from './config/environment.ts';

/** Runs the command that the process was started with; resolves to its exit code, and never rejects. `exit` ends the process at once. */
export function startCommandLine(entries: readonly CommandEntry[], exit: (code: number) => never): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads the output may have seen enough (`| head`).
    if (error.code === 'EPIPE') return;
    process.stderr.write(`sse-kms: can't write to the standard output: ${error.message}\n`);
    exit(2);
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

/** What is not UTF-8 would come out changed. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  try {
    return utf8.decode(Buffer.concat(chunks));
  } catch (error) {
    throw new Failure('the standard input is not UTF-8: pipe it in as UTF-8', { cause: error });
  }
}
