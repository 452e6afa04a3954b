/**
 * The input of the checks, and what they return.
 */
import type { Violation } from '../../plan/report.ts';
import { shorten } from '../../shorten.ts';
import type { HadoopDocument } from './document.ts';
import type { Expansion } from './expand.ts';

/** The input of a check of single properties. */
export interface Settings {
  readonly properties: readonly LocatedProperty[];
  /** The buckets that are left alone. */
  readonly unmanaged: ReadonlySet<string>;
  /** The assignment has rules for single buckets. */
  readonly perBucket: boolean;
  /** The values that a value with `${…}` may have, one for each parser version. */
  readonly expand: (value: string) => readonly Expansion[];
}

/** `properties` are those that either parser version reads. */
export interface DocumentInput extends Settings {
  readonly document: HadoopDocument;
}

/** Shortens a name for a message: a name may be as long as the file, and nesting may repeat it in a thousand messages. */
export function shortName(name: string): string {
  return shorten(name, longestName);
}

const longestName = 300;

/** A property with its trimmed name: Hadoop may trim the name later on. */
export interface LocatedProperty {
  readonly name: string;
  readonly value: string | null;
  readonly offset: number;
}

export type DocumentCheck = (input: DocumentInput) => readonly Violation[];

/** A violation that only Strict refuses. */
export function unprovable(offset: number, message: string): Violation {
  return { reason: 'NotProvable', offset, message };
}
