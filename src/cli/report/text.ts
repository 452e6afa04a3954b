/**
 * Findings for people: a line for each as compilers write it, and the line of the file with a mark under the place.
 */
import type { FileRemark, Finding, Outcome } from '../compliance.ts';
import type { Style } from '../terminal.ts';
import { type FailOn, levelOf } from './level.ts';

type Paint = (style: Style, text: string) => string;

/** Nothing for files that are as they should be. */
export function toText(finding: Finding, failOn: FailOn, paint: Paint): string {
  const level = levelOf(finding, failOn);
  const main = level === 'error' ? [toLines(finding, finding, paint('red', 'error'), paint)] : [];
  const notes = finding.notes.map((note) => toLines(finding, note, paint('yellow', 'warning'), paint));
  return [...main, ...notes].join('');
}

function toLines(
  { object, dataKey }: Finding,
  { place, reason, message, excerpt }: FileRemark,
  level: string,
  paint: Paint,
): string {
  const where = paint('bold', `${place.file}:${place.line}:${place.column}:`);
  const what = object === null ? '' : `${dataKey} of ${object}: `;
  const shown = excerpt === null ? '' : `${excerpt.replace(/^/gm, '    ').replace(/\^$/, paint('green', '^'))}\n`;
  return `${where} ${level}: ${reason}: ${what}${message}\n${shown}`;
}

const words: Readonly<Record<Outcome, string>> = {
  compliant: 'compliant',
  change: 'would be changed',
  refused: 'refused',
  conflicted: 'conflicted',
  unassigned: 'in namespaces without an assignment',
  unknown: 'could not be told',
};

/** For example `3 files: 2 compliant, 1 refused`. */
export function toSummary(findings: readonly Finding[]): string {
  const files = withoutRepeated(findings);
  const counts = (Object.keys(words) as Outcome[])
    .map((outcome) => ({ outcome, count: files.filter((finding) => finding.outcome === outcome).length }))
    .filter(({ count }) => count > 0);
  const parts = counts.map(({ outcome, count }) => `${count} ${words[outcome]}`);
  const { length } = files;
  if (length === 0) return 'no files that are covered\n';
  return `${length} ${length === 1 ? 'file' : 'files'}: ${parts.join(', ')}\n`;
}

/** A text that can't be read has a finding for each of its faults, and is one file. */
function withoutRepeated(findings: readonly Finding[]): Finding[] {
  const unreadable = new Set<string>();
  return findings.filter(({ object, place }) => {
    if (object !== null) return true;
    const isFirst = !unreadable.has(place.file);
    unreadable.add(place.file);
    return isFirst;
  });
}
