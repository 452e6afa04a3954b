/**
 * Notes and refusals of a plan, with their places in the file.
 */

import { locator } from '../formats/xml/position.ts';
import type { RefusalReason } from '../reasons.ts';
import { shorten } from '../shorten.ts';

/** Something the user should know; lines and columns count from 1, columns in UTF-16 code units. */
export interface Note {
  /**
   * `overridden`: a property of the user was cut. `notProvable`: something may get past our properties. `otherStore`: the
   * store isn't AWS and may not know the key.
   */
  readonly kind: 'overridden' | 'notProvable' | 'otherStore';
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly line: number;
  readonly column: number;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** A message about an offset in the file. */
export interface Remark {
  readonly offset: number;
  readonly message: string;
}

/** Why a file can't have the assigned encryption. With the reason NotProvable it is a note only, unless the assignment is Strict. */
export interface Violation extends Remark {
  readonly reason: RefusalReason;
}

export interface Report {
  refuse(violation: Violation): Refused;
  notes(kind: Note['kind'], remarks: readonly Remark[]): Note[];
}

/** In UTF-16 code units. Messages quote names and values of the user, which may be as long as the file. */
const longestMessage = 600;

/** Builds notes and refusals for one text, with lines and columns for offsets. */
export function buildReport(text: string): Report {
  const positionOf = locator(text);
  return {
    refuse: ({ reason, offset, message }) => ({
      kind: 'refused',
      reason,
      ...positionOf(offset),
      message: shorten(message, longestMessage),
    }),
    notes: (kind, remarks) =>
      remarks.map(({ offset, message }) => ({
        kind,
        ...positionOf(offset),
        message: shorten(message, longestMessage),
      })),
  };
}
