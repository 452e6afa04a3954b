/**
 * The plan for one file: what has to change so that Hadoop's S3A client encrypts as the assignment says.
 */
import type { Algorithm, BucketRule, Key } from './assignment.ts';
import type { Edit } from './edits.ts';
import type { RefusalReason } from './reasons.ts';

/** `core` gets our properties; `other` (hdfs-site.xml and the like) only has members of the family cut out. */
export type FileRole = 'core' | 'other';

/** What a file shall say. */
export interface Desired {
  /** What `<source>` shows, for example `KmsKeyAssignment/finance`. */
  readonly source: string;
  readonly algorithm: Algorithm;
  readonly key: Key;
  readonly buckets: readonly BucketRule[];
  /** Refuse what can't be proven, instead of noting it. */
  readonly strict: boolean;
}

/** Something the user should know; lines and columns count from 1, columns in UTF-16 code units. */
export interface Note {
  readonly kind: /** a property of the user's was cut */ 'overridden' | /** a way past our settings */ 'notProvable';
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

export type Plan =
  | { readonly kind: 'unchanged'; readonly notes: readonly Note[] }
  | {
      readonly kind: 'change';
      readonly edits: readonly Edit[];
      readonly notes: readonly Note[];
      readonly result: string;
    }
  | Refused;

/**
 * Plans one file. Pure, deterministic and idempotent: planning its own result gives `unchanged`.
 */
export function plan(_text: string, _desired: Desired, _role: FileRole): Plan {
  throw new Error('not written yet');
}
