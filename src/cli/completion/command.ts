/**
 * `sse-kms completion`: a script for a shell, which offers commands, options and values without starting this program.
 */
import type { Command, CommandEntry } from '../command.ts';
import { defineCommand } from '../define.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { toBash } from './bash.ts';
import { toFish } from './fish.ts';
import { type Completed, toTable } from './table.ts';
import { toZsh } from './zsh.ts';

const scripts: Readonly<Record<string, (commands: readonly Completed[]) => string>> = {
  bash: toBash,
  zsh: toZsh,
  fish: toFish,
};
const shells = Object.keys(scripts);

export function buildCompletionCommand(entries: readonly CommandEntry[]): Command {
  return defineCommand({
    name: 'completion',
    summary: 'prints a completion script for bash, zsh or fish',
    synopsis: ['completion bash|zsh|fish'],
    description: 'With the script the Tab key offers commands, options and their values.',
    options: {},
    operands: { name: 'SHELL', about: shells.join(', '), least: 1, most: 1, completes: shells },
    exitCodes: { 0: 'the script is printed' },
    examples: [
      { about: 'bash, for example in ~/.bashrc', line: 'source <(sse-kms completion bash)' },
      { about: 'zsh, for example in ~/.zshrc, behind compinit', line: 'source <(sse-kms completion zsh)' },
      { about: 'fish', line: 'sse-kms completion fish > ~/.config/fish/completions/sse-kms.fish' },
    ],
    async run({ operands: [shell = ''] }, io) {
      const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
      if (script === undefined) {
        const near = nearest(shell, shells);
        throw new UsageError(
          `SHELL must be one of ${shells.join(', ')}, not '${shell}'${near ? `; did you mean ${near}?` : ''}`,
        );
      }
      io.out(script(await toTable(entries)));
      return 0;
    },
  });
}
