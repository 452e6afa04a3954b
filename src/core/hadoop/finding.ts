/**
 * What the checks look at, and what they find.
 */
import type { RefusalReason } from '../reasons.ts';
import type { HadoopDocument } from './document.ts';

/** Something found at an offset; with `reason` NotProvable it is a note unless the assignment is Strict. */
export interface Finding {
  readonly reason: RefusalReason;
  readonly offset: number;
  readonly message: string;
}

export interface Input {
  readonly document: HadoopDocument;
  /** What either dialect takes over. */
  readonly properties: readonly Located[];
  /** What `${…}` in a value may become in either dialect; null where something outside the file decides. */
  readonly expand: (value: string) => readonly (string | null)[];
  /** The buckets that are left alone. */
  readonly unmanaged: ReadonlySet<string>;
}

/** A property with its name trimmed, which is how it may take effect later on. */
export interface Located {
  readonly name: string;
  readonly value: string | null;
  readonly offset: number;
}

export type Check = (input: Input) => readonly Finding[];

export function unprovable(offset: number, message: string): Finding {
  return { reason: 'NotProvable', offset, message };
}
