/**
 * Every command of the command line, in the order of the help. Their modules are loaded one by one, so that `--help` stays fast.
 *
 * To add one: write `src/cli/NAME/command.ts` that exports `command = defineCommand({…})`, and a line here.
 */
import type { Command, CommandEntry } from './command.ts';

function entry(name: string, summary: string, load: () => Promise<{ readonly command: Command }>): CommandEntry {
  return { name, summary, load: async () => (await load()).command };
}

/** A test holds each summary against the command's own. */
export const commands: readonly CommandEntry[] = [
  entry(
    'render',
    "prints manifests with their namespace's key set, as the operator would store them",
    () => import('./render/command.ts'),
  ),
  entry(
    'check',
    "says whether files have their namespace's key, and what would be refused",
    () => import('./check/command.ts'),
  ),
  entry(
    'explain',
    'says what S3A encrypts with, which property decided it, and why',
    () => import('./explain/command.ts'),
  ),
  entry(
    'policy',
    'prints the policies of buckets, keys and roles that make an assignment binding in AWS',
    () => import('./policy/command.ts'),
  ),
  entry(
    'audit',
    'what the assignments would change in a cluster, read-only, as a table, JSON or a page',
    () => import('./audit/command.ts'),
  ),
  {
    name: 'completion',
    summary: 'prints a completion script for bash, zsh or fish',
    load: async (entries) => (await import('./completion/command.ts')).buildCompletionCommand(entries),
  },
];
