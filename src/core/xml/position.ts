/**
 * Where an offset is, as an editor shows it.
 */

/** Both count from 1; columns in UTF-16 code units; LF, CRLF and CR each end a line. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  const lineEnd = /\r\n|\n|\r/g;
  for (let match = lineEnd.exec(text); match !== null && lineEnd.lastIndex <= offset; match = lineEnd.exec(text)) {
    line++;
    lineStart = lineEnd.lastIndex;
  }
  return { line, column: offset - lineStart + 1 };
}
