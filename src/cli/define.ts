/**
 * Makes a command of a literal, so that the values in `run` have the types that its options say.
 */
import type { Command, Options } from './command.ts';

export function defineCommand<const O extends Options>(command: Command<O>): Command {
  // The parser gives `run` what the options say: for this one command both types mean the same.
  return command as unknown as Command;
}
