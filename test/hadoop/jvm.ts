/**
 * A Java program that answers each line with a line.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Jvm {
  /** The answer to this line, which has no end; answers come in the order of the questions. */
  ask(line: string): Promise<string>;
  stop(): Promise<void>;
}

/** A whole second without an answer would be slow; a minute means that the JVM hangs. */
const patience = 60_000;

/** No document that a test reads reaches the network. */
const nowhere = ['http', 'https', 'ftp'].flatMap((scheme) => [
  `-D${scheme}.proxyHost=127.0.0.1`,
  `-D${scheme}.proxyPort=9`,
  `-D${scheme}.nonProxyHosts=`,
]);

/**
 * @param folder the program's working folder
 * @param env besides PATH
 */
export function startJvm(
  title: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Jvm {
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', ...nowhere];
  const child = spawn('java', [...flags, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const waiting: { readonly line: string; answer(line: string): void; fail(error: Error): void }[] = [];
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
      failAll(new Error(`${title} ended with ${code}: ${complaints}`));
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
      failAll(new Error(`${title} doesn't answer about ${next.line.replaceAll('\t', ', ')}`));
      child.kill('SIGKILL');
    }, patience);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    waiting.shift()?.answer(line);
    watch();
  });

  return {
    ask: (line) =>
      new Promise((resolve, reject) => {
        if (/[\r\n]/.test(line)) throw new TypeError(`a line end in ${JSON.stringify(line)}`);
        if (end !== undefined) return reject(end);
        waiting.push({ line, answer: resolve, fail: reject });
        child.stdin.write(`${line}\n`);
        if (waiting.length === 1) watch();
      }),
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
