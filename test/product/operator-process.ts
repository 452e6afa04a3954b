/**
 * The operator as a process, from its real entry point, with the arguments that the chart's Deployment gives it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export interface OperatorProcess {
  readonly pid: number;
  /** How it was started. */
  readonly command: readonly string[];
  readonly logFile: string;
  /** What it has logged, a JSON object a line. */
  log(): string;
  /** True until it has ended. */
  alive(): boolean;
  /** Resolves when it has ended, by whatever cause. */
  readonly ended: Promise<void>;
  /** Sends a signal and waits for the end; the exit code, or null where a signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface OperatorOptions {
  readonly args: readonly string[];
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly podName: string;
  readonly probePort: number;
  /** Where its log goes. */
  readonly logFile: string;
  /** How long it answers on after SIGTERM, whatever the chart says; not at all where nothing is said. */
  readonly drainSeconds?: number;
  /** Beside what every pod has. */
  readonly env?: Readonly<Record<string, string>>;
  /** For Node itself, before the entry point. */
  readonly nodeFlags?: readonly string[];
}

/**
 * Starts the operator; returns when it is ready.
 * @throws Error with the end of its log where it ends, or isn't ready within a minute
 */
export async function startOperator(options: OperatorOptions): Promise<OperatorProcess> {
  const operator = spawnOperator(options);
  try {
    await untilReady(options.probePort, operator.alive);
  } catch (error) {
    await operator.end('SIGKILL');
    throw new Error(`the operator is not ready; the end of its log:\n${operator.log().slice(-4000)}`, { cause: error });
  }
  return operator;
}

/** Starts the operator, and doesn't wait until it is ready. */
export function spawnOperator(options: OperatorOptions): OperatorProcess {
  const output = openSync(options.logFile, 'a');
  const drain = ['--drain-seconds', `${options.drainSeconds ?? 0}`];
  const others = options.args.filter((arg) => !arg.startsWith('--drain-seconds='));
  const args = [...(options.nodeFlags ?? []), main, ...others, '--kubeconfig', options.kubeconfig, ...drain];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', output, output],
    env: { PATH: process.env.PATH, POD_NAMESPACE: options.namespace, POD_NAME: options.podName, ...options.env },
  });
  closeSync(output);
  const log = () => readFileSync(options.logFile, 'utf8');
  const alive = () => child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'exit').then(() => {});
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!alive()) return child.exitCode;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  };
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('exit', () => process.off('exit', onExit));
  const command = [process.execPath, ...args];
  return { pid: child.pid as number, command, logFile: options.logFile, log, alive, ended, end };
}

async function untilReady(probePort: number, alive: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  let last = 'no answer';
  while (Date.now() < deadline) {
    if (!alive()) throw new Error('it has ended');
    try {
      const response = await fetch(`http://localhost:${probePort}/readyz`);
      if (response.ok) return;
      last = await response.text();
    } catch {
      // not listening yet
    }
    await sleep(50);
  }
  throw new Error(`/readyz last said: ${last}`);
}
