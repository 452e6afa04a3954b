/**
 * The tables of values in the chart's README; the words around them are written by hand.
 */
import type { Value } from './values.ts';

const begin = '<!-- values: written by npm run generate from values.yaml -->';
const end = '<!-- end of values -->';

/** The README with its tables as the values are now. @throws Error where the marks are missing. */
export function fillReadme(readme: string, values: readonly Value[]): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the README has no '${begin}' with '${end}' below it`);
  return `${readme.slice(0, from)}${begin}\n\n${toTables(values)}\n${readme.slice(to)}`;
}

function toTables(values: readonly Value[]): string {
  const lines: string[] = [];
  for (const value of values) {
    if (value.section !== undefined || lines.length === 0) {
      if (lines.length > 0) lines.push('');
      lines.push(`### ${value.section ?? 'General'}`, '', '| value | default | what it is |', '|---|---|---|');
    }
    lines.push(...toRows(value));
  }
  return `${lines.join('\n')}\n`;
}

function toRows(value: Value): string[] {
  const about = [value.description, toLimits(value)].filter(Boolean).join(' ');
  const own = value.description ? [toRow(value.path, value.children ? '' : toCode(value.default), about)] : [];
  return [...own, ...(value.children ?? []).flatMap(toRows)];
}

function toRow(path: string, fallback: string, about: string): string {
  return `| \`${path}\` | ${fallback} | ${about.replaceAll('|', '\\|')} |`;
}

function toCode(value: unknown): string {
  return `\`${(typeof value === 'string' && value !== '' ? value : JSON.stringify(value)).replaceAll('|', '\\|')}\``;
}

function toLimits({ annotation }: Value): string {
  const { enum: choices, minimum, maximum } = annotation;
  if (Array.isArray(choices))
    return `One of ${choices.map((choice) => `\`${choice === '' ? '""' : choice}\``).join(', ')}.`;
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  if (minimum !== undefined) return `At least ${minimum}.`;
  return '';
}
