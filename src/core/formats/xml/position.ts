/**
 * Where an offset is, as an editor shows it.
 */

/** Both count from 1; columns in UTF-16 code units; LF, CRLF and CR each end a line. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Looks up positions in one text; the lines are found once, when the first is asked for. */
export function locator(text: string): (offset: number) => Position {
  let lineStarts: number[] | undefined;
  return (offset) => {
    lineStarts ??= findLineStarts(text);
    let low = 0;
    let high = lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((lineStarts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (lineStarts[low] as number) + 1 };
  };
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}
