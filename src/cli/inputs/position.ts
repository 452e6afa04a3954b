/**
 * Where an offset is. The core's locator finds every line of a text first, which pays for many questions; here one or two are asked of a text.
 */
import type { Position } from '../core.ts';

/** How far the last text has been counted: many objects may stand in one file, and are asked for in their order. */
let counted = { text: '', offset: 0, line: 1, start: 0 };

/** Counts as the core does: from 1, columns in UTF-16 code units; LF, CRLF and CR each end a line. */
export function positionOf(text: string, offset: number): Position {
  const goesOn = counted.text === text && counted.offset <= offset;
  let { line, start } = goesOn ? counted : { line: 1, start: 0 };
  for (let at = goesOn ? counted.offset : 0; at < offset; at++) {
    const code = text.charCodeAt(at);
    if (code !== 10 && (code !== 13 || text.charCodeAt(at + 1) === 10)) continue;
    line++;
    start = at + 1;
  }
  counted = { text, offset, line, start };
  return { line, column: offset - start + 1 };
}
