/**
 * A line of a file with a mark under a place in it, as compilers show it.
 */
import type { Position } from '../formats/xml/position.ts';

/** In UTF-16 code units: a file may be one line of a megabyte. */
const widest = 100;

/** Characters that terminals don't show, or that change the order of others. A tab stays: the line of the mark repeats it. */
const unseen = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Characters of the BMP that take two columns; a pair of surrogates, two units, mostly does as well. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Two lines: the text, and the mark. Unprintable characters become U+FFFD. The position may be past the end of the line. */
export function toExcerpt(text: string, { line, column }: Position): string {
  const whole = text.split(/\r\n|\n|\r/, line)[line - 1] ?? '';
  const from = whole.length <= widest ? 0 : Math.max(0, Math.min(column - 1 - widest / 2, whole.length - widest));
  const piece = whole.slice(from, from + widest).toWellFormed();
  const shown = piece.replace(unseen, '\ufffd');
  const [before, behind] = [from > 0 ? '…' : '', from + widest < whole.length ? '…' : ''];
  const indent = piece
    .slice(0, Math.max(0, column - 1 - from))
    .replace(unseen, ' ')
    .replace(/\p{M}/gu, '')
    .replace(wide, '  ')
    .replace(/[^\t]/g, ' ');
  return `${before}${shown}${behind}\n${before && ' '}${indent}^`;
}
