/**
 * How grave a finding is, and what that makes of the exit code.
 */
import type { Finding } from '../compliance.ts';

/** What fails a check, each with all before it. */
export const failOnChoices = ['refusal', 'change', 'warning'] as const;

export type FailOn = (typeof failOnChoices)[number];

export type Level = 'error' | 'warning' | 'none';

/** Under Audit nothing is refused; the file is not compliant all the same. */
export function levelOf({ outcome, assignment }: Finding, failOn: FailOn): Level {
  if (outcome === 'compliant' || outcome === 'unassigned') return 'none';
  if (failOn !== 'refusal') return 'error';
  return outcome === 'change' || assignment?.enforcement === 'Audit' ? 'none' : 'error';
}

/** 0 compliant, 1 not, 2 could not tell; what is known to be wrong goes first. */
export function toExitCode(findings: readonly Finding[], failOn: FailOn): 0 | 1 | 2 {
  const failing = findings.filter((finding) => levelOf(finding, failOn) === 'error');
  if (failing.some(({ outcome }) => outcome !== 'unknown')) return 1;
  if (failing.length > 0) return 2;
  return failOn === 'warning' && findings.some(({ notes }) => notes.length > 0) ? 1 : 0;
}
