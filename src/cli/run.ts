/**
 * Runs a command line and returns its exit code: finds the command, parses its options, and prints what went wrong.
 */
import type { Command, CommandEntry, Io } from './command.ts';
import { Failure, UsageError } from './errors.ts';
import { printHelp, printUsage } from './help.ts';
import { nearest } from './nearest.ts';
import { parseCommandArgs } from './parse-args.ts';

/** The exit code of a command line with a mistake. */
const mistaken = 2;
/** The exit code of a bug; BSD's EX_SOFTWARE. */
const bug = 70;

/** @returns the exit code. Never throws. */
export async function runCommandLine(
  words: readonly string[],
  entries: readonly CommandEntry[],
  version: string,
  io: Io,
): Promise<number> {
  const [name = '', ...rest] = words;
  if (name === '--version') return tell(io, `${version}\n`);
  if (['--help', '-h'].includes(name) || (name === 'help' && rest.length === 0)) return tell(io, printUsage(entries));
  const wanted = name === 'help' ? (rest[0] ?? '') : name;
  const entry = entries.find((one) => one.name === wanted);
  if (entry === undefined) {
    io.err(`sse-kms: ${toMistake(wanted, entries)}\nSee 'sse-kms --help'.\n`);
    return mistaken;
  }
  try {
    const command = await entry.load(entries);
    if ('runWords' in command) return await command.runWords(name === 'help' ? ['--help'] : rest, io);
    return name === 'help' ? tell(io, printHelp(command)) : await runCommand(command, rest, io);
  } catch (error) {
    return tellError(entry.name, error, io);
  }
}

function toMistake(wanted: string, entries: readonly CommandEntry[]): string {
  if (wanted === '') return 'a command is missing';
  const near = nearest(
    wanted,
    entries.map(({ name }) => name),
  );
  return `'${wanted}' is not a command${near === undefined ? '' : `; did you mean ${near}?`}`;
}

function tell(io: Io, text: string): number {
  io.out(text);
  return 0;
}

async function runCommand(command: Command, words: readonly string[], io: Io): Promise<number> {
  const parsed = parseCommandArgs(command, words);
  if (parsed.kind === 'help') return tell(io, printHelp(command));
  if (parsed.kind === 'args') return command.run(parsed.args, io);
  tellMistakes(command.name, parsed.mistakes, io);
  return mistaken;
}

function tellMistakes(name: string, mistakes: readonly string[], io: Io): void {
  const lines = mistakes.map((mistake) => `sse-kms ${name}: ${mistake}\n`).join('');
  io.err(`${lines}See 'sse-kms ${name} --help'.\n`);
}

function tellError(name: string, error: unknown, io: Io): number {
  if (error instanceof UsageError) {
    tellMistakes(name, [error.message], io);
    return mistaken;
  }
  if (error instanceof Failure) {
    io.err(`sse-kms ${name}: ${error.message}\n`);
    return error.exitCode;
  }
  io.err(`sse-kms ${name}: this is a bug, please report it: ${error instanceof Error ? error.stack : error}\n`);
  return bug;
}
