/**
 * The operator's process in a pod, as this machine sees it: what the image's own tools couldn't tell, for it has none.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The process of the pod with this uid, as this machine numbers it. @throws Error where there is none */
export function processOf(uid: string): number {
  const ofPod = (pid: string): boolean => {
    try {
      const inPod = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`pod${uid}`);
      return inPod && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/app/sse-kms.mjs');
    } catch {
      return false;
    }
  };
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && ofPod(name));
  if (!pid) throw new Error(`no process of pod ${uid}`);
  return Number(pid);
}

/** A line of /proc/PID/status: `VmRSS`, `Uid`, `CapEff`, … */
export function statusOf(pid: number, name: string): string {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  return (line ?? '').slice(name.length + 1).trim();
}

/** Megabytes it holds now, and at most so far. */
export function memoryOf(pid: number): { now: number; most: number } {
  const megabytes = (name: string): number => Math.round((Number.parseInt(statusOf(pid, name), 10) * 1024) / 1e6);
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

/** Whether its root file system is mounted read-only. */
export function rootIsReadOnly(pid: number): boolean {
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trimEnd().split('\n');
  const root = mounts.map((line) => line.split(' ')).find((fields) => fields[4] === '/');
  return root?.[5]?.split(',').includes('ro') ?? false;
}

/** Milliseconds since 1970 at which it started. */
export function startOf(pid: number): number {
  const ticks = Number(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19],
  );
  const uptime = Number.parseFloat(readFileSync('/proc/uptime', 'utf8'));
  // A hundred ticks a second, on every architecture that Node runs on.
  return Date.now() - (uptime * 1000 - ticks * 10);
}
