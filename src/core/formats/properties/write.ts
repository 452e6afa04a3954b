/**
 * Writes entries in the style of a properties file: its line ends, its separator, and whether it escapes colons.
 */
import type { PropertiesEntry } from './read.ts';

export interface PropertiesStyle {
  readonly lineEnd: string;
  /** Between name and value; `=` with or without blanks, or one blank. */
  readonly separator: string;
  /** As java.util.Properties stores values, `:` and others are escaped, though none has to be. */
  readonly escapesValues: boolean;
}

/** The style that most of `entries` have; where several are equally frequent, the first. */
export function findStyle(text: string, entries: readonly PropertiesEntry[]): PropertiesStyle {
  const written = new Map<string, number>();
  for (const { value, separator } of entries) {
    if (value !== '') written.set(separator, (written.get(separator) ?? 0) + 1);
  }
  const counts = new Map<string, number>();
  for (const [one, count] of written) counts.set(toPlain(one), (counts.get(toPlain(one)) ?? 0) + count);
  const [separator] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ['=', 0]);
  return {
    lineEnd: /\r\n|\r|\n/.exec(text)?.[0] ?? '\n',
    separator,
    escapesValues: text.includes('\\') && entries.some((entry) => /\\[=:#!]/.test(entry.written)),
  };
}

/** Alignment in columns can't be kept, so a separator of blanks becomes one blank. */
function toPlain(separator: string): string {
  if (/^ ?[=:] ?$/.test(separator)) return separator;
  return /[=:]/.test(separator) ? '=' : ' ';
}

/** A line that reads the same at every place in a file. */
export function writeEntry(
  name: string,
  value: string,
  { separator, escapesValues, lineEnd }: PropertiesStyle,
): string {
  const escapedName = escapeEach(name, /[\\ \t\f\r\n=:]|^[#!]/g);
  const escapedValue = escapeEach(value, escapesValues ? /^ |[\\\t\f\r\n=:#!]/g : /^[ =:]|[\\\t\f\r\n]/g);
  return escapedName + (value === '' ? separator.trimEnd() : separator) + escapedValue + lineEnd;
}

const letters: Readonly<Record<string, string>> = { '\t': 't', '\n': 'n', '\r': 'r', '\f': 'f' };

function escapeEach(text: string, special: RegExp): string {
  return text.replace(special, (character) => `\\${letters[character] ?? character}`);
}
