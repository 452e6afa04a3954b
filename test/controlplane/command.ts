/**
 * Runs a program to its end. A program that fails is an error, so that no test passes because nobody looked.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const guard = join(import.meta.dirname, 'guard.ts');

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds until the program is killed; default two minutes. */
  readonly timeout?: number;
  /** Whether the program starts others, which have to end with it and with us: they get a guard. */
  readonly guarded?: boolean;
  /** Sees each complete line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/** A program ended with a code other than 0 (null: killed by a signal), or couldn't be started. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: string, args: readonly string[], code: number | null, output: Output, cause?: Error) {
    super(`${[command, ...args].join(' ')} ended with ${code ?? cause?.message}\n${output.stderr || output.stdout}`, {
      cause,
    });
    this.code = code;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}

/** @throws CommandFailed if the program can't be started, ends with another code than 0, or takes longer than `timeout`. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<Output> {
  const { stdin = '', timeout = 120_000, guarded = false, onLine, cwd, env } = options;
  return new Promise((resolve, reject) => {
    const child = guarded
      ? spawn(process.execPath, [guard, command, ...args], { cwd, env, timeout, killSignal: 'SIGTERM', detached: true })
      : spawn(command, args, { cwd, env, timeout, killSignal: 'SIGKILL' });
    endWithUs(child);
    let stdout = '';
    let stderr = '';
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      for (const complete of lines) onLine?.(complete);
    });
    const failed = (code: number | null, cause?: Error): void =>
      reject(new CommandFailed(command, args, code, { stdout, stderr }, cause));
    child.once('error', (error) => failed(null, error));
    child.once('close', (code, signal) => {
      if (code === 0) resolve({ stdout, stderr });
      else failed(code, signal === null ? undefined : new Error(`signal ${signal}`));
    });
    // A program may end without reading all of its input; its exit code says what came of it.
    child.stdin.on('error', () => {});
    // A guard takes the end of its input for ours.
    if (!guarded) child.stdin.end(stdin);
  });
}

const running = new Set<ChildProcess>();

/** A signal to this process alone would leave the programs that it waits for at work (a build for minutes). */
function endWithUs(child: ChildProcess): void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  if (running.size === 0) for (const signal of signals) process.on(signal, endAll);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) for (const signal of signals) process.off(signal, endAll);
  });
}

function endAll(signal: NodeJS.Signals): void {
  for (const child of running) child.kill('SIGTERM');
  // Where nobody else listens, it ends this process, as it would have without us.
  process.off(signal, endAll);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
