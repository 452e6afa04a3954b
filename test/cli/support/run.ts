/**
 * The command line in this process, with everything that it would print.
 */
import type { Io } from '../../../src/cli/command.ts';
import { commands } from '../../../src/cli/commands.ts';
import { runCommandLine } from '../../../src/cli/run.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runCli(
  words: readonly string[],
  { stdin = '', cwd = process.cwd(), env = {} }: { stdin?: string; cwd?: string; env?: Io['env'] } = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const io: Io = {
    stdin: async () => stdin,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTerminal: { in: false, out: false, err: false },
    env,
    cwd,
  };
  const code = await runCommandLine(words, commands, '0.0.0', io);
  return { code, out, err };
}
