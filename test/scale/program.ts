/**
 * The operator as the image runs it: the bundle, with the flags of the Dockerfile's entry point; and what it uses.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../controlplane/command.ts';
import { imageFlags, imageVariables } from '../product/image-flags.ts';

const root = join(import.meta.dirname, '..', '..');

/** In MB of 1,000,000 bytes; Linux only. */
export interface Memory {
  readonly resident: number;
  /** The highest since the last reset, else since the start. */
  readonly peak: number;
}

export interface Program {
  readonly pid: number;
  /** When it was started: milliseconds since 1970, as in audit logs. */
  readonly startedAt: number;
  /** From its start until it was ready, in milliseconds. */
  readonly readyMs: number;
  memory(): Memory;
  resetPeak(): void;
  /** Seconds of the processor's time so far. */
  cpuSeconds(): number;
  /** The end of its log. */
  log(): string;
  end(): Promise<void>;
}

export interface ProgramOptions {
  /** The bundle's folder. */
  readonly folder: string;
  /** Arguments of the chart's container, and what shall be otherwise. */
  readonly args: readonly string[];
  /** Flags for Node after the image's, for a profile. */
  readonly nodeFlags: readonly string[];
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly probePort: number;
  readonly logFile: string;
}

/** Builds the bundle into a folder. */
export async function buildProgram(folder: string): Promise<void> {
  await runCommand(process.execPath, [join(root, '.config', 'build.ts'), folder]);
}

/** Returns when it is ready. @throws Error with the end of its log, where it ends or isn't ready within two minutes */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { folder, args, nodeFlags, kubeconfig, namespace, probePort, logFile } = options;
  const output = openSync(logFile, 'a');
  const startedAt = Date.now();
  const own = ['--kubeconfig', kubeconfig, '--drain-seconds', '0'];
  const words = [...imageFlags, ...nodeFlags, join(folder, 'sse-kms.mjs'), ...args, ...own];
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', output, output],
    env: { ...imageVariables, PATH: process.env.PATH, POD_NAMESPACE: namespace, POD_NAME: 'scale-operator' },
  });
  closeSync(output);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(() => void process.off('exit', kill));
  const alive = () => child.exitCode === null && child.signalCode === null;
  const log = () => readFileSync(logFile, 'utf8').slice(-4000);
  const pid = child.pid ?? 0;
  try {
    await untilReady(probePort, alive);
  } catch (error) {
    kill();
    throw new Error(`the operator is not ready; the end of its log:\n${log()}`, { cause: error });
  }
  return {
    pid,
    startedAt,
    readyMs: Date.now() - startedAt,
    memory: () => readMemory(pid),
    resetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    cpuSeconds: () => readCpuSeconds(pid),
    log,
    async end() {
      if (alive()) child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilReady(probePort: number, alive: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    if (!alive()) throw new Error('it has ended');
    const answer = await fetch(`http://localhost:${probePort}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(20);
  }
  throw new Error('not within two minutes');
}

export function readMemory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (field: string) => (Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { resident: read('VmRSS'), peak: read('VmHWM') };
}

/** User and system time; Linux counts both in hundredths. */
export function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
