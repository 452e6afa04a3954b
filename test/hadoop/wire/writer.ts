/**
 * S3A of one version that writes objects through a store of ours: one JVM for many questions.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureAsyncClient, ensureJudge, type HadoopVersion } from '../jars.ts';

export interface Writer {
  readonly version: HadoopVersion;
  /** `ok`, or the exceptions, once an object has been written to the bucket under these configuration files in their order. */
  write(bucket: string, files: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A second would be slow; minutes mean that the JVM hangs, for the first object takes it some seconds of a whole core. */
const patience = 240_000;

/**
 * @param trustStore a PKCS12 file with the CA that signs for the store's hosts
 * @param program what answers each line: Writer creates an object, Renamer renames one
 */
export async function startWriter(
  version: HadoopVersion,
  trustStore: string,
  program: 'Writer' | 'Renamer' = 'Writer',
): Promise<Writer> {
  const trust = [
    `-Djavax.net.ssl.trustStore=${trustStore}`,
    `-Djavax.net.ssl.trustStorePassword=${trustStorePassword}`,
  ];
  const { ask, stop } = await startProgram(version, program, ['-Daws.region=us-west-2', ...trust]);
  return { version, write: (bucket, files) => ask([bucket, ...files]), stop };
}

export interface Program {
  /** The program's line for a line of these words. */
  ask(words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A program of test/hadoop/judge, with these flags for Java. */
export async function startProgram(
  version: HadoopVersion,
  program: 'Writer' | 'Renamer' | 'Client',
  javaFlags: readonly string[],
): Promise<Program> {
  const judge = await ensureJudge(version);
  const classPath = program === 'Writer' ? judge : `${judge}:${join(await ensureAsyncClient(), '*')}`;
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', ...javaFlags];
  const child = spawn('java', [...flags, '-cp', classPath, program], {
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const waiting: { answer(line: string): void; fail(error: Error): void }[] = [];
  let end: Error | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      end = new Error(`the writer of Hadoop ${version} ended with ${code}: ${complaints}`);
      for (const { fail } of waiting.splice(0)) fail(end);
      resolve();
    });
  });
  child.stdin.on('error', () => {}); // the JVM's end is told by `close`
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.answer(line));

  return {
    ask(words) {
      return new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end);
        const watchdog = setTimeout(() => child.kill('SIGKILL'), patience);
        const done = (): void => clearTimeout(watchdog);
        waiting.push({
          answer: (line) => [done(), resolve(line)],
          fail: (error) => [done(), reject(error)],
        });
        child.stdin.write(`${words.join('\t')}\n`);
      });
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

export const trustStorePassword = 'changeit';
