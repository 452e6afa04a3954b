/**
 * A text of a YAML file with another value, written as it was written: what else stands in the file stays, byte for byte.
 */
import { CST } from 'yaml';
import type { Edit } from '../core.ts';

/** A scalar or an alias, as the `yaml` package has it. */
export interface WrittenScalar {
  readonly type?: string;
  readonly range?: readonly [number, number, number];
  readonly value?: unknown;
}

/** Where the value's key stands, for blocks: their indentation counts from there. */
export interface Surroundings {
  /** Of the map that holds the value: how many blanks stand before its keys. Undefined within `{…}` and `[…]`. */
  readonly mapIndent: number | undefined;
}

/** The edit of the file's text that gives the scalar its new value. */
export function rewriteScalar(text: string, node: WrittenScalar, value: string, { mapIndent }: Surroundings): Edit {
  const [start, end] = node.range ?? [0, 0];
  const whole = (replacement: string): Edit => ({ offset: start, length: end - start, text: replacement });
  const raw = text.slice(start, end);
  if (node.type === 'BLOCK_LITERAL') {
    const anew = () =>
      (mapIndent === undefined ? undefined : toLiteral(value, mapIndent + 2, text)) ?? toQuoted(value, raw);
    return (
      rewriteLiteral(text, node, value, mapIndent) ?? whole(`${anew()}${raw.endsWith('\n') ? lineEndOf(text) : ''}`)
    );
  }
  if (node.type === 'BLOCK_FOLDED' && mapIndent !== undefined) return whole(toFolded(value, mapIndent, text));
  if (node.type === 'QUOTE_SINGLE' && !/[\n\r]/.test(value)) return whole(`'${value.replaceAll("'", "''")}'`);
  if (node.type === 'PLAIN' && /^[\w+/=.-]+$/.test(value)) return whole(value);
  if (node.type === 'QUOTE_DOUBLE' || mapIndent === undefined) return whole(toQuoted(value, raw));
  return whole(toLiteral(value, mapIndent + 2, text) ?? toQuoted(value, raw));
}

const header = /^\|(?<digit>[1-9]?)(?<kept>[+-]?)(?<digitAfter>[1-9]?)(?<rest>[^\n]*)/;

/**
 * Replaces the lines between the first and the last that differ, since each line of a literal block is a line of the value. Undefined where the
 * block can't hold the value.
 */
function rewriteLiteral(
  text: string,
  node: WrittenScalar,
  value: string,
  mapIndent: number | undefined,
): Edit | undefined {
  const [start, end] = node.range ?? [0, 0];
  const head = header.exec(text.slice(start, end));
  const old = String(node.value);
  if (head === null || mapIndent === undefined || !fitsLiteral(value)) return undefined;
  const { digit = '', kept = '', digitAfter = '', rest = '' } = head.groups ?? {};
  const lineEnd = lineEndOf(text);
  const bodyStart = start + head[0].length + 1;
  const body = text.slice(bodyStart, end).split('\n');
  const [before, after] = [old.split('\n'), value.split('\n')];
  const indent = indentOf(body, before);
  if (indent === undefined) return undefined;
  const [ends, wanted] = [trailing(old), trailing(value)];
  const firstLine = after.find((line) => line !== '') ?? '';
  const needsDigit = firstLine.startsWith(' ') && digit === '' && digitAfter === '';
  if (needsDigit && indent - mapIndent > 9) return undefined;
  if (wanted !== ends || needsDigit || wanted > 1) {
    const chomp = wanted === 0 ? '-' : wanted > 1 ? '+' : '';
    const shown = `|${needsDigit ? indent - mapIndent : digit}${chomp}${digitAfter}${rest.replace(/\r$/, '')}`;
    const lines = toLines(after.slice(0, wanted === 0 ? after.length : -1), indent);
    // Blank lines behind the old value's are no part of it, and stay; under `+` they would become one.
    const behind = kept === '+' ? [''] : body.slice(before.length - (ends === 0 ? 0 : 1));
    const tail = behind.length === 0 ? '' : lineEnd + (chomp === '+' ? '' : behind.join('\n'));
    return { offset: start, length: end - start, text: [shown, ...lines].join(lineEnd) + tail };
  }
  let same = 0;
  while (same < Math.min(before.length, after.length) && before[same] === after[same]) same++;
  let sameBehind = 0;
  const most = Math.min(before.length, after.length) - same;
  while (sameBehind < most && before.at(-1 - sameBehind) === after.at(-1 - sameBehind)) sameBehind++;
  const lengthOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length + 1, 0);
  const offset = bodyStart + lengthOf(body.slice(0, same));
  const length = lengthOf(body.slice(same, before.length - sameBehind));
  const lines = toLines(after.slice(same, after.length - sameBehind), indent);
  const replacement = lines.map((line) => line + lineEnd).join('');
  // The last line of a file may have no end.
  if (offset > end) return { offset: end, length: 0, text: lineEnd + replacement.slice(0, -lineEnd.length) };
  return offset + length > end
    ? { offset, length: end - offset, text: replacement.slice(0, -lineEnd.length) }
    : { offset, length, text: replacement };
}

/** How many blanks stand before the value's lines; undefined where they are none that this understands. */
function indentOf(body: readonly string[], value: readonly string[]): number | undefined {
  for (const [index, line] of value.entries()) {
    if (line === '') continue;
    const written = body[index]?.replace(/\r$/, '');
    return written?.endsWith(line) ? written.length - line.length : undefined;
  }
  return undefined;
}

function toLines(lines: readonly string[], indent: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
}

function toLiteral(value: string, indent: number, text: string): string | undefined {
  if (!fitsLiteral(value) || /^\n*[ \t]/.test(value) || value.trim() === '') return undefined;
  const ends = trailing(value);
  const lines = value.split('\n').slice(0, ends === 0 ? undefined : -1);
  const shown = [`|${ends === 0 ? '-' : ends > 1 ? '+' : ''}`, ...toLines(lines, indent)];
  return shown.join(lineEndOf(text));
}

/** What YAML would not give back as it is: other ends of lines than LF, and what can't be printed. */
function fitsLiteral(value: string): boolean {
  return !/[\r\u0085\u2028\u2029\ufeff]|(?![\n\t])[\p{Cc}\p{Cs}]/u.test(value);
}

/** Folded blocks are laid out by the `yaml` package; a line is never broken. */
function toFolded(value: string, mapIndent: number, text: string): string {
  const token = CST.createScalarToken(value, { indent: mapIndent + 2, type: 'BLOCK_FOLDED' });
  return CST.stringify(token).replaceAll('\n', lineEndOf(text));
}

/** JSON is YAML's double-quoted form; what YAML can't print is escaped, and `<`, `>` and `&` as they were. */
function toQuoted(value: string, raw: string): string {
  const json = JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, toEscape);
  return /\\u00(3c|3e|26)/i.test(raw) ? json.replace(/[<>&]/g, toEscape) : json;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** How many line ends stand at the end. */
function trailing(value: string): number {
  return value.length - value.replace(/\n+$/, '').length;
}

function lineEndOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
