/**
 * Outlives the process that started a control plane, however that one ends, and leaves nothing of it: once its standard input closes, it ends every
 * process whose command line has a flag that points into the control plane's folder, or that has its home there (kubectl, helm), and deletes the folder.
 *
 * node reaper.ts FOLDER
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface Process {
  readonly pid: number;
  /** And, where the system shows it, its environment. */
  readonly commandLine: string;
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('reaper.ts needs a folder');
process.stdin.resume().once('end', () => void reap(folder));

async function reap(folder: string): Promise<void> {
  signalAll(folder, 'SIGTERM');
  const deadline = Date.now() + 5_000;
  while (belongingTo(folder).length > 0 && Date.now() < deadline) await sleep(50);
  signalAll(folder, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.exit();
}

function signalAll(folder: string, signal: NodeJS.Signals): void {
  for (const { pid } of belongingTo(folder)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

function belongingTo(folder: string): Process[] {
  const path = folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const ours = new RegExp(`--[a-z-]+[= ]${path}/|\\bHOME=${path}/`);
  return processes().filter(({ commandLine }) => ours.test(commandLine));
}

function processes(): Process[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => ({ pid: Number.parseInt(line, 10), commandLine: line }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), commandLine: `${read(name, 'cmdline')} ${read(name, 'environ')}` }));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
