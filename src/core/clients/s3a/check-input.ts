/**
 * What the checks look at, and what they find.
 */
import type { Violation } from '../../plan/report.ts';
import { shorten } from '../../shorten.ts';
import type { HadoopDocument } from './document.ts';
import type { Expansion } from './expand.ts';

/** As much as a check of single properties needs. */
export interface Settings {
  readonly properties: readonly LocatedProperty[];
  /** The buckets that are left alone. */
  readonly unmanaged: ReadonlySet<string>;
  /** The assignment wants something else for some buckets than for all. */
  readonly perBucket: boolean;
  /** What `${…}` in a value may become in either parser version. */
  readonly expand: (value: string) => readonly Expansion[];
}

/** `properties` are those that either parser version takes over. */
export interface DocumentInput extends Settings {
  readonly document: HadoopDocument;
}

/** A name in a message: the file may hold one that is as long as itself, and be nested so that it is told a thousand times. */
export function shortName(name: string): string {
  return shorten(name, longestName);
}

const longestName = 300;

/** A property with its name trimmed, which is how it may take effect later on. */
export interface LocatedProperty {
  readonly name: string;
  readonly value: string | null;
  readonly offset: number;
}

export type DocumentCheck = (input: DocumentInput) => readonly Violation[];

export function unprovable(offset: number, message: string): Violation {
  return { reason: 'NotProvable', offset, message };
}
