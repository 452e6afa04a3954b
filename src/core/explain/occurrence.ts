/**
 * A property where it stands in a file.
 */
import type { Position } from '../formats/xml/position.ts';

/** What is explained: the files in the order in which they are loaded. */
export interface ConfigurationSource {
  /** As it is to be told, for example a path. */
  readonly name: string;
  readonly format: 'hadoop' | 'spark';
  readonly text: string;
}

/** One property that a file gives. `offset` is where it begins. */
export interface Occurrence {
  readonly file: Pick<ConfigurationSource, 'name' | 'text'>;
  readonly offset: number;
  /** As the file says it, behind `spark.hadoop.` too. */
  readonly property: string;
  /** Under which Hadoop has it before aliases; of Spark's, trimmed. */
  readonly name: string;
  readonly value: string | null;
  readonly final: boolean;
  /** Set by Spark, which no final property withstands. */
  readonly set: boolean;
  /** What the file says of its origin. */
  readonly source: string | null;
  /** It stands behind a `<fallback>`, so that Hadoop ignores it. */
  readonly ignored: boolean;
}

export interface Place extends Position {
  readonly file: string;
}

/** Why a file can't be read. */
export interface Unreadable extends Place {
  /** True where Hadoop, or Spark, throws as well; false where only this program doesn't read it. */
  readonly forHadoop: boolean;
  readonly reason: string;
  readonly message: string;
}
