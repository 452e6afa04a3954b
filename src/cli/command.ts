/**
 * What a command is: a table of its options for the parser, the help and the shells' completion, and a function to run. Types only.
 */

/** What a command may touch of the process. Files are read by `node:fs`, paths relative to `cwd`. */
export interface Io {
  /** All of the standard input, as text. */
  readonly stdin: () => Promise<string>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTerminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** What a shell offers in place of a value. */
export type Completion = 'file' | 'folder' | readonly string[];

interface OptionHead {
  /** One letter: `f` for `-f`. */
  readonly short?: string;
  /** What it does, as a part of a sentence in the help. */
  readonly about: string;
}

/** An option without a value: true where it is given. */
export interface Switch extends OptionHead {
  readonly value?: never;
}

/** An option with a value, which the command checks itself, but for `choices`. */
export interface ValueOption extends OptionHead {
  /** What stands for the value in the help, for example `FILE`. */
  readonly value: string;
  readonly repeatable?: boolean;
  /** The parser reports a missing option as a mistake. */
  readonly required?: boolean;
  /** The parser reports any other value as a mistake. */
  readonly choices?: readonly string[];
  /** The value where the option isn't given; not for repeatable ones. */
  readonly fallback?: string;
  /** `choices` are offered anyway. */
  readonly completes?: Completion;
}

export type Option = Switch | ValueOption;

/** By long name, without the two hyphens. `help` is every command's, and not listed. */
export type Options = Readonly<Record<string, Option>>;

export type OptionValues<O extends Options> = {
  readonly [N in keyof O]: O[N] extends { readonly value: string }
    ? O[N] extends { readonly repeatable: true }
      ? readonly string[]
      : O[N] extends { readonly fallback: string } | { readonly required: true }
        ? string
        : string | undefined
    : boolean;
};

export interface ParsedArgs<O extends Options = Options> {
  readonly options: OptionValues<O>;
  readonly operands: readonly string[];
}

/** What stands on the command line without an option before it. */
export interface Operands {
  /** As in the help, for example `NAME`. */
  readonly name: string;
  readonly about: string;
  readonly least: number;
  readonly most: number;
  readonly completes?: Completion;
}

export interface Example {
  /** What it is for, as a sentence without a full stop. */
  readonly about: string;
  /** As typed in a shell; a test runs it. */
  readonly line: string;
}

export interface Command<O extends Options = Options> {
  readonly name: string;
  /** Half a line for the list of commands, in lower case, without a full stop. */
  readonly summary: string;
  /** Each a way to call it, without the program's name: `render -f PATH… -a FILE… [-o FORMAT]`. */
  readonly synopsis: readonly string[];
  /** Paragraphs of the help, in lines of at most 100 characters. */
  readonly description: string;
  readonly options: O;
  /** None where it is left out. */
  readonly operands?: Operands;
  /** Every exit code, with what it means. 2 is every command's for a mistake on the command line. */
  readonly exitCodes: Readonly<Record<number, string>>;
  /** At least one. */
  readonly examples: readonly Example[];
  /**
   * Resolves to the exit code.
   * @throws UsageError or Failure (errors.ts), which are printed without a stack; anything else is a bug.
   */
  run(args: ParsedArgs<O>, io: Io): Promise<number>;
}

/** A command that reads its words itself: those that run the operator, whose flags are the chart's. */
export interface WordCommand extends Pick<Command, 'name' | 'summary'> {
  /** For the shells' completion alone. */
  readonly options: Options;
  /** Resolves to the exit code; `--help` is among the words. */
  runWords(words: readonly string[], io: Io): Promise<number>;
}

/** An entry of the table of commands: the module is loaded only where the command is run, helped or completed. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: (entries: readonly CommandEntry[]) => Promise<Command | WordCommand>;
}
