/**
 * The report as JSON, each row on a line of its own, in pieces: the rows of a large cluster never stand in one string.
 */
import type { AuditReport } from './report.ts';

const rowsAPiece = 1000;

export function* toJson(report: AuditReport): Generator<string> {
  const fields = Object.entries(report);
  for (const [index, [name, value]] of fields.entries()) {
    yield `${index === 0 ? '{' : ','}\n  ${JSON.stringify(name)}: `;
    if (Array.isArray(value) && value.length > 0) yield* toRows(value);
    else yield JSON.stringify(value);
  }
  yield '\n}\n';
}

function* toRows(rows: readonly unknown[]): Generator<string> {
  for (let at = 0; at < rows.length; at += rowsAPiece) {
    const piece = rows.slice(at, at + rowsAPiece).map((row) => `    ${JSON.stringify(row)}`);
    yield `${at === 0 ? '[' : ','}\n${piece.join(',\n')}`;
  }
  yield '\n  ]';
}
