/**
 * A line of a file with a mark under a place in it, as compilers show it.
 */
import type { Position } from './xml/position.ts';

/** In UTF-16 code units: a file may be one line of a megabyte. */
const widest = 100;

/** Two lines, the text and the mark; what can't be printed is shown as U+FFFD. The place may be behind the line's end. */
export function toExcerpt(text: string, { line, column }: Position): string {
  const whole = text.split(/\r\n|\n|\r/, line)[line - 1] ?? '';
  const from = whole.length <= widest ? 0 : Math.max(0, Math.min(column - 1 - widest / 2, whole.length - widest));
  const piece = whole.slice(from, from + widest).toWellFormed();
  const shown = piece.replace(/(?!\t)\p{Cc}/gu, '\ufffd');
  const [before, behind] = [from > 0 ? '…' : '', from + widest < whole.length ? '…' : ''];
  const indent = shown.slice(0, Math.max(0, column - 1 - from)).replace(/[^\t]/g, ' ');
  return `${before}${shown}${behind}\n${before && ' '}${indent}^`;
}
