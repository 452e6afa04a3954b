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
  const replace = (replacement: string): Edit => ({ offset: start, length: end - start, text: replacement });
  const raw = text.slice(start, end);
  const quoted = toQuoted(value, raw);
  if (mapIndent === undefined) return replace(quoted);
  switch (node.type) {
    case 'BLOCK_LITERAL':
      return (
        rewriteLiteral(text, node, value, mapIndent) ??
        replace(toBlockEnd(raw, toLiteral(value, mapIndent) ?? quoted, text))
      );
    case 'BLOCK_FOLDED':
      return replace(toBlockEnd(raw, toFolded(value, mapIndent) ?? toLiteral(value, mapIndent) ?? quoted, text));
    case 'QUOTE_DOUBLE':
      return replace(quoted);
    case 'QUOTE_SINGLE':
      if (!/[\n\r]/.test(value) && fitsLiteral(value)) return replace(`'${value.replaceAll("'", "''")}'`);
      break;
    case 'PLAIN':
      if (/^[\w+/=.-]+$/.test(value) && !/^[-.\d]/.test(value)) return replace(value);
  }
  const literal = toLiteral(value, mapIndent);
  const behind = /[^\n]*/y;
  behind.lastIndex = end;
  const rest = (behind.exec(text)?.[0] ?? '').replace(/\r$/, '');
  if (literal === undefined || !/^[ \t]*(#.*)?$/.test(rest)) return replace(quoted);
  // A comment behind the value stands behind the block's header then.
  const [head = '', ...lines] = literal.split('\n');
  return { offset: start, length: raw.length + rest.length, text: [head + rest, ...lines].join(lineEndOf(text)) };
}

/** What stands where a block stood: with the comment of its header, and an end of line where the block had one. */
function toBlockEnd(raw: string, replacement: string, text: string): string {
  const comment = /^[|>][-+\d]*([ \t]+#[^\r\n]*)?/.exec(raw)?.[1] ?? '';
  const [head = '', ...lines] = replacement.split('\n');
  return [head + comment, ...lines].join(lineEndOf(text)) + (raw.endsWith('\n') ? lineEndOf(text) : '');
}

const header = /^\|(?<digit>[1-9]?)(?<kept>[+-]?)(?<digitAfter>[1-9]?)(?<rest>[^\n]*)/;

/**
 * Replaces the lines between the first and the last that differ, since each line of a literal block is a line of the value. Undefined where the
 * block can't hold the value.
 */
function rewriteLiteral(text: string, node: WrittenScalar, value: string, mapIndent: number): Edit | undefined {
  const [start, end] = node.range ?? [0, 0];
  const head = header.exec(text.slice(start, end));
  if (head === null || !fitsLiteral(value)) return undefined;
  const { digit = '', digitAfter = '', rest = '' } = head.groups ?? {};
  const old = String(node.value);
  const [before, after] = [old.split('\n'), value.split('\n')];
  const bodyStart = start + head[0].length + 1;
  const body = text.slice(bodyStart, end).split('\n');
  const indent = indentOf(body, before);
  if (indent === undefined) return undefined;
  const lineEnd = lineEndOf(text);
  const ends = trailing(value);
  const firstLine = after.find((line) => line !== '') ?? '';
  const needsDigit = firstLine.startsWith(' ') && digit === '' && digitAfter === '';
  if (needsDigit && indent - mapIndent > 9) return undefined;
  if (ends !== trailing(old) || needsDigit || ends > 1) {
    const chomp = ends === 0 ? '-' : ends > 1 ? '+' : '';
    const shown = `|${needsDigit ? indent - mapIndent : digit}${chomp}${digitAfter}${rest.replace(/\r$/, '')}`;
    const lines = toLines(after.slice(0, ends === 0 ? undefined : -1), indent);
    // Under `+` the blank lines behind the block would become a part of it.
    const until = chomp === '+' ? overBlankLines(text, end) : end;
    const last = until > bodyStart && text.charAt(until - 1) === '\n' ? lineEnd : '';
    return { offset: start, length: until - start, text: [shown, ...lines].join(lineEnd) + last };
  }
  // The last of the lines is empty, behind the last line end.
  const most = Math.min(before.length, after.length) - 1;
  let same = 0;
  while (same < most && before[same] === after[same]) same++;
  let sameBehind = Math.min(1, ends);
  while (sameBehind <= most - same && before.at(-1 - sameBehind) === after.at(-1 - sameBehind)) sameBehind++;
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

function overBlankLines(text: string, from: number): number {
  const blank = /(?:[ \t]*\r?\n)*/y;
  blank.lastIndex = from;
  return from + (blank.exec(text)?.[0].length ?? 0);
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

/** Lines end by LF here. */
function toLiteral(value: string, mapIndent: number): string | undefined {
  if (!fitsLiteral(value) || /^\n*[ \t]/.test(value)) return undefined;
  const ends = trailing(value);
  const lines = value.split('\n').slice(0, ends === 0 ? undefined : -1);
  return [`|${ends === 0 ? '-' : ends > 1 ? '+' : ''}`, ...toLines(lines, mapIndent + 2)].join('\n');
}

/**
 * False for what YAML would not give back as it is: other ends of lines than LF, what can't be printed, and blanks in place of a last line.
 */
function fitsLiteral(value: string): boolean {
  return (
    value.trim() !== '' &&
    value.isWellFormed() &&
    !/(^|\n)[ \t]+\n*$/.test(value) &&
    !/[\r\u0085\u2028\u2029\ufeff]|(?![\n\t])\p{Cc}/u.test(value)
  );
}

/** Folded blocks are laid out by the `yaml` package; a line is never broken. Lines end by LF here. */
function toFolded(value: string, mapIndent: number): string | undefined {
  // Lines that begin or end with blanks don't always come back.
  if (!fitsLiteral(value) || /^[ \t]|[ \t]$/m.test(value)) return undefined;
  const token = CST.createScalarToken(value, { indent: mapIndent + 2, type: 'BLOCK_FOLDED' });
  return CST.stringify(token).replace(/\n$/, '');
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
