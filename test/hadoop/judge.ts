/**
 * Hadoop's own jars as the judge: what a version makes of configuration files. One JVM answers for many files.
 */
import { ensureJudge, type HadoopVersion } from './jars.ts';
import { startJvm } from './jvm.ts';

/** How a configuration comes to the client that encrypts; see Judge.java for each. */
export type Mode =
  /** read from the files by a client that has S3A loaded */
  | 'plain'
  /** every property under the name that the files give it, legacy or not */
  | 'asWritten'
  /** written by Hadoop as XML and read again */
  | 'written'
  /** the first file written by Hadoop as XML and read again, the later files after it */
  | 'writtenFirst'
  /** written as XML before S3A was loaded */
  | 'writtenBare'
  /** serialised before S3A was loaded, read where it is */
  | 'shipped'
  /** serialised and read before S3A was loaded */
  | 'shippedLate';

export interface Question {
  readonly modes: readonly Mode[];
  /** For which buckets to say how S3A would encrypt; no commas in names. */
  readonly buckets: readonly string[];
  /** Paths, in the order of loading; no tabs or line ends in paths. */
  readonly files: readonly string[];
}

/** `key` is empty where S3A would send none; `error` where it would refuse to start. */
export type Encryption = { readonly method: string; readonly key: string; readonly context?: string } | Failure;

export interface Failure {
  readonly error: string;
}

export interface Reading {
  readonly buckets: Readonly<Record<string, Encryption>>;
  /** Modes plain and asWritten only, likewise the next three. */
  readonly properties?: Readonly<Record<string, string>>;
  /** The values that hold a `$`, expanded. */
  readonly expanded?: Readonly<Record<string, string>>;
  /** The first `<source>` of each property that has one. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly finals?: readonly string[];
}

export type KnownCompliance = Readonly<Record<Mode, Reading | Failure>>;

export interface Judge {
  readonly version: HadoopVersion;
  /** A verdict for each question, in their order, with the modes that were asked for. */
  judge(questions: readonly Question[]): Promise<KnownCompliance[]>;
  stop(): Promise<void>;
}

/**
 * @param folder what relative includes and `file:` URLs without a folder refer to
 * @throws Error if the jars can't be fetched
 */
export async function startJudge(version: HadoopVersion, folder: string): Promise<Judge> {
  const jvm = startJvm(`the judge of Hadoop ${version}`, ['-cp', await ensureJudge(version), 'Judge'], folder);
  return {
    version,
    judge: (questions) =>
      Promise.all(questions.map(async (question) => JSON.parse(await jvm.ask(toLine(question))) as KnownCompliance)),
    stop: jvm.stop,
  };
}

function toLine({ modes, buckets, files }: Question): string {
  return [modes.join(','), buckets.join(','), ...files].join('\t');
}

export function isFailure(reading: Reading | Failure): reading is Failure {
  return 'error' in reading;
}
