/**
 * What an audit says of a config object, the gravest first.
 */

/**
 * | outcome    | what it means                                                          | what to do                       |
 * | ---------- | ---------------------------------------------------------------------- | -------------------------------- |
 * | refused    | a file can't be edited: a write of it is denied                        | mend the file                    |
 * | conflicted | assignments of the same rank want different things: writes are denied  | change one of the assignments    |
 * | immutable  | immutable, and its file never had the key                              | delete it and create it again    |
 * | unassigned  | its namespace has no assignment                                        | write one                        |
 * | excluded   | the webhook is not called for its namespace                            | widen the chart's selector       |
 * | change     | not compliant yet: the operator would edit it                          | nothing, or Enforce              |
 * | outdated   | immutable, with an earlier key                                         | nothing: its owner makes new ones |
 * | otherStore | left alone, since its store isn't AWS                                  | nothing                          |
 * | compliant  | encrypts as assigned                                                   | nothing                          |
 */
export const outcomes = [
  'refused',
  'conflicted',
  'immutable',
  'unassigned',
  'excluded',
  'change',
  'outdated',
  'otherStore',
  'compliant',
] as const;

export type AuditOutcome = (typeof outcomes)[number];

/** How many config objects have each outcome; one that none has is left out. */
export type OutcomeCounts = { readonly [O in AuditOutcome]?: number };

export const outcomeTitles: Readonly<Record<AuditOutcome, string>> = {
  refused: 'refused',
  conflicted: 'conflicted',
  immutable: 'immutable',
  unassigned: 'unassigned',
  excluded: 'excluded',
  change: 'would change',
  outdated: 'outdated',
  otherStore: 'other store',
  compliant: 'compliant',
};

/** Smaller is graver. */
export function gravity(outcome: AuditOutcome): number {
  return outcomes.indexOf(outcome);
}

/** The gravest outcome that is there; null where nothing is counted. */
export function gravest(counts: OutcomeCounts): AuditOutcome | null {
  return outcomes.find((outcome) => (counts[outcome] ?? 0) > 0) ?? null;
}

export function totalOf(counts: OutcomeCounts): number {
  return outcomes.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0);
}
