/**
 * What a plan says of places in a file.
 */

import { locator } from '../formats/xml/position.ts';
import type { RefusalReason } from '../reasons.ts';
import { shorten } from '../shorten.ts';

/** Something the user should know; lines and columns count from 1, columns in UTF-16 code units. */
export interface Note {
  /**
   * `overridden`: a property of the user's was cut; `notProvable`: a way past our settings; `otherStore`: our settings are for
   * a store that isn't AWS and may not know the key.
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

/** An offset in the file, and what there is to say of it. */
export interface Remark {
  readonly offset: number;
  readonly message: string;
}

/** Why a file can't have the assignment; with `reason` NotProvable it is a note, unless the assignment is Strict. */
export interface Violation extends Remark {
  readonly reason: RefusalReason;
}

export interface Report {
  refuse(violation: Violation): Refused;
  notes(kind: Note['kind'], remarks: readonly Remark[]): Note[];
}

/** In UTF-16 code units: names and values of the user's stand in messages, and may be as long as the file. */
const longestMessage = 600;

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
