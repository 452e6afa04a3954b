/**
 * Command-line flags as a table: parsed strictly, with all mistakes reported at once, and printed as help.
 */
import { parseArgs } from 'node:util';
import type { z } from 'zod';

export interface Flag<T> {
  /** The placeholder for the value in the help, for example `SECONDS`. */
  readonly placeholder: string;
  readonly about: string;
  /** Parses the text. Its messages complete a sentence that begins with the flag's name. */
  readonly schema: z.ZodType<T, string>;
  /** The default, as text. A flag without one is required. */
  readonly fallback?: string | undefined;
  /** The text that the help shows instead of the default. */
  readonly fallbackInHelp?: string;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<F extends Flags> = { readonly [N in keyof F]: F[N] extends Flag<infer T> ? T : never };

export type ParsedFlags<F extends Flags> =
  | { readonly kind: 'values'; readonly values: FlagValues<F> }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

/** Parses `--name value` and `--name=value`. Anything else is a mistake, also a flag that is given twice. */
export function parseFlags<F extends Flags>(args: readonly string[], flags: F): ParsedFlags<F> {
  const options = Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const mistakes: string[] = [];
  const given = new Map<string, string>();
  let unknownAt = Number.NaN;
  for (const token of tokens) {
    const { index } = token;
    // What follows an unknown flag is most likely its value: one mistake, not two.
    if (token.kind === 'positional' && index !== unknownAt + 1) mistakes.push(`'${token.value}' is not expected here`);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (!Object.hasOwn(flags, name) || rawName !== `--${name}`) {
      mistakes.push(`${rawName} is not a flag`);
      unknownAt = index;
    } else if (value === undefined || (!inlineValue && value.startsWith('--')))
      mistakes.push(`--${name} needs a value`);
    else if (given.has(name)) mistakes.push(`--${name} is given twice`);
    else given.set(name, value);
  }
  const values: Record<string, unknown> = {};
  for (const [name, { schema, fallback, fallbackInHelp }] of Object.entries(flags)) {
    const text = given.get(name) ?? fallback;
    if (text === undefined) {
      if (!mistakes.includes(`--${name} needs a value`)) mistakes.push(toRequired(name, fallbackInHelp));
      continue;
    }
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else mistakes.push(...parsed.error.issues.map(({ message }) => `--${name} ${message}, not '${text}'`));
  }
  return mistakes.length > 0 ? { kind: 'mistakes', mistakes } : { kind: 'values', values: values as FlagValues<F> };
}

function toRequired(name: string, fallback: string | undefined): string {
  return `--${name} is required${fallback === undefined ? '' : `, since there is no default here (${fallback})`}`;
}

/** For each flag: its name and placeholder, then its description and default. */
export function printFlags(flags: Flags): string {
  return Object.entries(flags)
    .map(([name, { placeholder, about, fallback, fallbackInHelp }]) => {
      return `  --${name} ${placeholder}\n      ${about}\n      default: ${fallbackInHelp ?? fallback ?? 'none, required'}\n`;
    })
    .join('');
}
