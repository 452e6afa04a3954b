/**
 * What a shell can offer, read from the commands' own tables.
 */
import type { CommandEntry, Completion, Option, Options } from '../command.ts';

export interface CompletedOption {
  /** Without hyphens. */
  readonly name: string;
  readonly short: string | undefined;
  readonly about: string;
  /** What stands for its value; undefined for a switch. */
  readonly value: string | undefined;
  readonly repeatable: boolean;
  readonly completes: Completion | undefined;
}

export interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly operands: Completion | undefined;
}

export async function toTable(entries: readonly CommandEntry[]): Promise<Completed[]> {
  const commands = await Promise.all(entries.map(({ load }) => load(entries)));
  const table = commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    options: toOptions(command.options),
    operands: 'operands' in command ? command.operands?.completes : undefined,
  }));
  const help = {
    name: 'help',
    summary: 'says more about a command',
    options: [],
    operands: entries.map(({ name }) => name),
  };
  return [...table, help];
}

function toOptions(options: Options): CompletedOption[] {
  const all = Object.entries<Option>({ ...options, help: { short: 'h', about: 'prints the help' } });
  return all.map(([name, option]) => ({
    name,
    short: option.short,
    about: option.about,
    value: option.value,
    repeatable: option.value !== undefined && option.repeatable === true,
    completes: option.value === undefined ? undefined : (option.choices ?? option.completes),
  }));
}
