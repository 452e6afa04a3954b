/**
 * How a skipped suite's title says what the suite was missing: written where tests are collected, read where they are counted.
 */

export function needsMark(missing: readonly string[]): string {
  return `[needs ${missing.join(' and ')}]`;
}

/** What the suite of a skipped test was missing, from the test's full name; undefined where it was skipped for another reason. */
export function missingFor(fullName: string): string | undefined {
  return /\[needs ([^\]]+)\]/.exec(fullName)?.[1];
}
