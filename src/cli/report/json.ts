/**
 * Findings for programs: one entry a file, with the same fields for each.
 */
import type { FileRemark, Finding } from '../compliance.ts';

export function toJson(findings: readonly Finding[], exitCode: number): string {
  return `${JSON.stringify({ compliant: exitCode === 0, files: findings.map(toEntry) }, undefined, 2)}\n`;
}

function toEntry(finding: Finding) {
  const { object, dataKey, outcome, assignment, notes } = finding;
  const wrong = outcome !== 'compliant';
  return {
    object,
    key: dataKey,
    outcome,
    assignment: assignment?.name ?? null,
    ...toRemark(finding),
    reason: wrong ? finding.reason : null,
    notes: notes.map(toRemark),
  };
}

function toRemark({ reason, place, message }: FileRemark) {
  return { reason, file: place.file, line: place.line, column: place.column, message };
}
