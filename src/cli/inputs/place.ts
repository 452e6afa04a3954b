/**
 * From a place in a value to the place in the file that holds it.
 */
import type { Position } from '../core.ts';
import type { ValueAt } from './config-objects.ts';
import { positionOf } from './position.ts';
import { offsetOf } from './yaml.ts';

/** A position in the user's file. */
export interface FilePlace extends Position {
  /** As the user would name the file. */
  readonly file: string;
}

/** What is known of the value's writing, as the `yaml` package has it. */
interface Written {
  readonly type?: string;
  readonly range?: readonly [number, number, number];
  readonly value?: unknown;
}

/**
 * Where a position of the value is in the file: exactly, for values that are written in a literal block, in one line, or that are the file;
 * else where the value begins.
 */
export function placeOf(value: ValueAt, position: Position): FilePlace {
  if (value.kind === 'file') return { file: value.source.name, ...position };
  const { object, entry } = value;
  const { text, name } = object.source;
  // What is encoded has no lines of its own; an alias shows where it is used.
  const written = entry.node === entry.value ? (entry.node as Written) : {};
  const isText = value.field !== 'binaryData' && !(object.kind === 'Secret' && value.field === 'data');
  const exact = isText ? findInside(text, written, position) : undefined;
  return { file: name, ...(exact ?? positionOf(text, offsetOf(entry.node))) };
}

/** Where an object, or anything else at this offset, begins. */
export function placeAt({ name, text }: { readonly name: string; readonly text: string }, offset: number): FilePlace {
  return { file: name, ...positionOf(text, offset) };
}

function findInside(text: string, { type, range, value }: Written, position: Position): Position | undefined {
  if (range === undefined || typeof value !== 'string') return undefined;
  const [start, end] = range;
  if (type === 'BLOCK_LITERAL') return findInLiteral(text, start, value, position);
  const raw = text.slice(start, end);
  if (raw.includes('\n') || value.split(/\r\n|\n|\r/, position.line).length < position.line) return undefined;
  const offset = offsetIn(value, position);
  const at = positionOf(text, start);
  if (type === 'PLAIN') return { ...at, column: at.column + offset };
  if (type === 'QUOTE_SINGLE') return { ...at, column: at.column + 1 + countRaw(raw, offset, /''|./gsy) };
  return { ...at, column: at.column + 1 + countRaw(raw, offset, /\\(?:x..|u.{4}|U.{8}|.)|./gsy) };
}

/** A literal block has the value's lines one by one, each behind the same blanks. */
function findInLiteral(text: string, start: number, value: string, { line, column }: Position): Position | undefined {
  const first = positionOf(text, start).line;
  // Lines of the value end by LF alone here: any other end would not have been counted as one by YAML.
  const written = lineOf(text, start, line);
  const own = value.split('\n', line)[line - 1];
  if (written === undefined || own === undefined) return { line: first + line - 1, column: 1 };
  const indent = written.length - own.length;
  return indent >= 0 && written.endsWith(own) ? { line: first + line, column: column + indent } : undefined;
}

/** The nth line behind the one that holds the offset, without its end. */
function lineOf(text: string, offset: number, n: number): string | undefined {
  let from = offset;
  for (let count = 0; count < n; count++) {
    const end = text.indexOf('\n', from);
    if (end === -1) return undefined;
    from = end + 1;
  }
  const end = text.indexOf('\n', from);
  return text.slice(from, end === -1 ? text.length : end).replace(/\r$/, '');
}

function offsetIn(value: string, { line, column }: Position): number {
  const ends = [...value.matchAll(/\r\n|\n|\r/g)];
  const end = ends[line - 2];
  return (end === undefined ? 0 : end.index + end[0].length) + column - 1;
}

/** How many characters stand in a quoted text, behind its first quote, for so many of its value. */
function countRaw(raw: string, offset: number, pieces: RegExp): number {
  let counted = 0;
  let behind = 1;
  pieces.lastIndex = 1;
  while (counted < offset) {
    const piece = pieces.exec(raw)?.[0];
    if (piece === undefined) break;
    behind += piece.length;
    // One beyond the BMP is two units of the value.
    counted += piece.startsWith('\\U') && Number.parseInt(piece.slice(2), 16) > 0xffff ? 2 : 1;
  }
  return behind - 1;
}
