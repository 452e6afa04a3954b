/**
 * Text for a terminal: columns, and nothing that a terminal would obey.
 */

/**
 * Names and messages come from the cluster's users. Control characters could move the cursor or set the window's title, and
 * marks of direction could make a line read as another; each is shown as its number.
 */
export function toPlain(text: string): string {
  return text.replace(dangerous, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

const dangerous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Rows under a heading in capitals, each column as wide as its widest cell; numbers stand at the right. */
export function toColumns(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [titles, ...rows.map((row) => row.map((cell) => toPlain(String(cell))))];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = titles.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const toLine = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('   ')
      .trimEnd();
  return cells.map((row) => `${toLine(row)}\n`).join('');
}

/** `1 namespace`, `2 namespaces`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
