/**
 * Every command of the command line, in the order of the help. Their modules are loaded one by one, so that `--help` stays fast.
 *
 * To add one: write `src/cli/NAME/command.ts` that exports `command = defineCommand({…})`, and a line here.
 */
import type { CommandEntry } from './command.ts';

export const commands: readonly CommandEntry[] = [
  {
    name: 'audit',
    summary: 'what the assignments would change in a cluster, read-only, as a table, JSON or a page',
    load: async () => (await import('./audit/command.ts')).command,
  },
];
