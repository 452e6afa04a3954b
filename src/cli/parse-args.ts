/**
 * Parses a command line by a command's options: strictly, with all mistakes reported at once.
 */
import { parseArgs } from 'node:util';
import type { Command, Operands, Option, Options, ParsedArgs } from './command.ts';
import { nearest } from './nearest.ts';

export type Parsed =
  | { readonly kind: 'args'; readonly args: ParsedArgs }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

type Values = Record<string, string | string[] | boolean | undefined>;

/** Reads `--name value`, `--name=value`, `-n value`, `-nvalue`, switches in one (`-ab`), operands, and `--` before operands alone. */
export function parseCommandArgs(
  { options, operands }: Pick<Command, 'options' | 'operands'>,
  words: readonly string[],
): Parsed {
  const config = Object.entries<Option>({ ...options, help: { short: 'h', about: '' } }).map(
    ([name, { short, value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ],
  );
  const { tokens } = parseArgs({ args: [...words], options: Object.fromEntries(config), strict: false, tokens: true });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) return { kind: 'help' };
  const mistakes: string[] = [];
  const values: Values = {};
  const positionals: string[] = [];
  let unknownAt = Number.NaN;
  for (const token of tokens) {
    const { index } = token;
    if (token.kind === 'positional') {
      // What follows an unknown option is most likely its value: one mistake, not two.
      if (index !== unknownAt + 1) positionals.push(token.value);
    } else if (token.kind === 'option') {
      const { name, rawName, value, inlineValue } = token;
      const option = Object.hasOwn(options, name) ? options[name] : undefined;
      if (option === undefined) {
        mistakes.push(`${rawName} is not an option${suggestion(rawName, options)}`);
        if (!inlineValue) unknownAt = index;
      } else mistakes.push(...take(values, name, rawName, option, value, inlineValue));
    }
  }
  mistakes.push(...complete(values, options), ...miscount(positionals, operands));
  return mistakes.length > 0
    ? { kind: 'mistakes', mistakes }
    : { kind: 'args', args: { options: values as ParsedArgs['options'], operands: positionals } };
}

function suggestion(rawName: string, options: Options): string {
  const near = rawName.startsWith('--') ? nearest(rawName.slice(2), Object.keys(options)) : undefined;
  return near === undefined ? '' : `; did you mean --${near}?`;
}

function take(
  values: Values,
  name: string,
  rawName: string,
  option: Option,
  value: string | undefined,
  inline: boolean | undefined,
): string[] {
  if (option.value === undefined) {
    values[name] = true;
    return value === undefined ? [] : [`${rawName} takes no value`];
  }
  // `-` is the standard input.
  if (value === undefined || (!inline && value.startsWith('-') && value !== '-')) {
    values[name] ??= option.repeatable ? [] : '';
    return [`${rawName} needs a value: ${option.value}`];
  }
  // A variable of a script that is not set. A list with a fallback may be emptied: `--hive-files ''`.
  if (value === '' && option.choices === undefined && option.fallback === undefined) {
    values[name] ??= option.repeatable ? [] : '';
    return [`${rawName} needs a value that is not empty: ${option.value}`];
  }
  if (option.choices !== undefined && !option.choices.includes(value)) {
    const near = nearest(value, option.choices);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    values[name] = value;
    return [`${rawName} must be one of ${option.choices.join(', ')}, not '${value}'${hint}`];
  }
  const before = values[name];
  if (option.repeatable) values[name] = [...(Array.isArray(before) ? before : []), value];
  else if (before !== undefined) return [`${rawName} is given twice`];
  else values[name] = value;
  return [];
}

/** Fills in the defaults, and reports required options that are missing. */
function complete(values: Values, options: Options): string[] {
  const missing: string[] = [];
  for (const [name, option] of Object.entries(options)) {
    if (values[name] !== undefined) continue;
    if (option.value === undefined) values[name] = false;
    else if (option.required) missing.push(`--${name} ${option.value} is required`);
    else values[name] = option.repeatable ? [] : option.fallback;
  }
  return missing;
}

function miscount(given: readonly string[], operands: Operands | undefined): string[] {
  if (operands === undefined) return given.map((value) => `'${value}' is not expected here`);
  const { name, least, most } = operands;
  if (given.length < least) return [`${name} is missing`];
  if (given.includes('')) return ["an empty text ('') stands where a name is expected"];
  return given.slice(most).map((value) => `'${value}' is not expected here`);
}
