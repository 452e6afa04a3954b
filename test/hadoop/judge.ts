/**
 * Hadoop's own jars as the judge: what a version makes of configuration files. One JVM answers for many files.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureJudge, type HadoopVersion } from './jars.ts';

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

export type Verdict = Readonly<Record<Mode, Reading | Failure>>;

export interface Judge {
  readonly version: HadoopVersion;
  /** A verdict for each question, in their order, with the modes that were asked for. */
  judge(questions: readonly Question[]): Promise<Verdict[]>;
  stop(): Promise<void>;
}

/** A whole second without an answer would be slow; a minute means that the JVM hangs. */
const patience = 60_000;

/**
 * @param folder what relative includes and `file:` URLs without a folder refer to
 * @throws Error if the jars can't be fetched
 */
export async function startJudge(version: HadoopVersion, folder: string): Promise<Judge> {
  const classPath = await ensureJudge(version);
  const nowhere = ['http', 'https', 'ftp'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=9`,
    `-D${scheme}.nonProxyHosts=`,
  ]);
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', ...nowhere];
  const child = spawn('java', [...flags, '-cp', classPath, 'Judge'], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const waiting: { readonly question: Question; answer(line: string): void; fail(error: Error): void }[] = [];
  let end: Error | undefined;
  const failAll = (error: Error): void => {
    end ??= error;
    for (const { fail } of waiting.splice(0)) fail(end);
  };
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failAll(error);
      resolve();
    });
    child.once('close', (code) => {
      failAll(new Error(`the judge of Hadoop ${version} ended with ${code}: ${complaints}`));
      resolve();
    });
  });
  child.stdin.on('error', () => {}); // the JVM's end is told by `close`
  let watchdog: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(watchdog);
    const next = waiting[0];
    if (next === undefined) return;
    watchdog = setTimeout(() => {
      failAll(new Error(`the judge of Hadoop ${version} doesn't answer about ${next.question.files.join(', ')}`));
      child.kill('SIGKILL');
    }, patience);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    waiting.shift()?.answer(line);
    watch();
  });

  return {
    version,
    judge(questions) {
      const answers = questions.map(
        (question) =>
          new Promise<Verdict>((resolve, reject) => {
            if (end !== undefined) return reject(end);
            waiting.push({ question, answer: (line) => resolve(JSON.parse(line) as Verdict), fail: reject });
            child.stdin.write(toLine(question));
          }),
      );
      watch();
      return Promise.all(answers);
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

function toLine({ modes, buckets, files }: Question): string {
  const line = [modes.join(','), buckets.join(','), ...files].join('\t');
  if (/[\r\n]/.test(line)) throw new TypeError(`a line end in ${JSON.stringify(line)}`);
  return `${line}\n`;
}

export function isFailure(reading: Reading | Failure): reading is Failure {
  return 'error' in reading;
}
