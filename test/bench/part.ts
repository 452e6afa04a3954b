/**
 * A part of `npm run bench`: what it is called, and what it reports.
 */

export interface PartOptions {
  /** Rounds that are measured; undefined leaves it to the part. */
  readonly rounds: number | undefined;
  /** Sizes of files in KB. */
  readonly sizes: readonly number[];
  /** Only documents with this in their names. */
  readonly only: string;
  /** Kyverno's program and the folder of its definitions, to measure it too. */
  readonly kyverno: { readonly program: string; readonly definitions: string } | undefined;
}

export interface Part {
  readonly name: string;
  /** Whether its table has a place in docs/performance.md. */
  readonly inPage: boolean;
  /** Says what it is about to do. */
  measure(options: PartOptions, say: (state: string) => void): Promise<Report>;
}

export interface Report {
  /** In Markdown. */
  readonly lines: readonly string[];
  /** The same figures and more, for a program. */
  readonly figures: unknown;
  /** Each target that is missed, in words. */
  readonly missed: readonly string[];
  /** As `missed`, by the wide margins that hold on any machine. */
  readonly regressed: readonly string[];
}

/** A table in Markdown. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
