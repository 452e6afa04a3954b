/**
 * What a suite has measured, as a table: printed at its end, and held against the page that shows it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '..', '..', 'charts', 'sse-kms-operator', 'docs', 'clients.md');

export interface Table {
  /** A row; a column that has nothing is left blank. */
  add(title: string, cells: Readonly<Record<string, string>>): void;
  /**
   * Prints the table. With UPDATE=1 it is written into the page, each difference to be read.
   * @throws Error where the page shows another one
   */
  close(): void;
}

/** @param name of the table within the page, where comments mark its begin and end */
export function openTable(name: string, columns: readonly string[]): Table {
  const rows: string[][] = [];
  return {
    add: (title, cells) => rows.push([title, ...columns.slice(1).map((column) => cells[column] ?? '')]),
    close() {
      const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
      console.log(lines.join(''));
      const text = readFileSync(page, 'utf8');
      const marked = new RegExp(`(?<=<!-- measured: ${name} -->\\n).*?(?=<!-- end of ${name} -->)`, 's');
      const [shown] = marked.exec(text) ?? [];
      if (shown === undefined) throw new Error(`${page} has no place for the table ${name}`);
      const measured = `\n${lines.join('')}\n`;
      if (process.env.UPDATE === '1')
        writeFileSync(
          page,
          text.replace(marked, () => measured),
        );
      else if (shown !== measured) throw new Error(`${page} shows another table ${name} than was measured`);
    },
  };
}
