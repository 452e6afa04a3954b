/**
 * A property where it stands in a file.
 */
import type { Position } from '../formats/xml/position.ts';

/** One file of the configuration that is explained. */
export interface ConfigurationSource {
  /** The name to show to the user, for example a path. */
  readonly name: string;
  readonly format: 'hadoop' | 'spark';
  readonly text: string;
}

/** One property of a file. `offset` is where it begins. */
export interface Occurrence {
  readonly file: Pick<ConfigurationSource, 'name' | 'text'>;
  readonly offset: number;
  /** The name as the file has it, with the prefix `spark.hadoop.` where it has one. */
  readonly property: string;
  /** The name in Hadoop, before aliases are resolved; trimmed where Spark sets it. */
  readonly name: string;
  readonly value: string | null;
  readonly final: boolean;
  /** Set by Spark, which overrides final properties too. */
  readonly set: boolean;
  /** The text of `<source>`. */
  readonly source: string | null;
  /** The property stands behind a `<fallback>`, so Hadoop ignores it. */
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
