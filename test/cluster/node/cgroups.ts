/**
 * The node's pods have a cgroup of their own in each hierarchy of the machine, of either version.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the hierarchies are mounted. */
export function hierarchies(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').trimEnd().split('\n');
  return mounts
    .map((line) => line.split(' '))
    .flatMap(([, path = '', type]) => (/^cgroup2?$/.test(type ?? '') ? [path] : []));
}

export function makeCgroups(name: string): void {
  for (const hierarchy of hierarchies()) {
    const cgroup = join(hierarchy, name);
    mkdirSync(cgroup);
    // In version 1 a cpuset starts empty, and takes in no process until it is filled.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (existsSync(join(hierarchy, 'cpuset.sched_load_balance')) && existsSync(join(cgroup, file))) {
        writeFileSync(join(cgroup, file), readFileSync(join(hierarchy, file)));
      }
    }
  }
}

/** Returns when they are gone; the processes in them end meanwhile. @throws Error where one still can't be removed after ten seconds */
export async function removeCgroups(name: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      for (const hierarchy of hierarchies()) removeTree(join(hierarchy, name));
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

function removeTree(cgroup: string): void {
  if (!existsSync(cgroup)) return;
  for (const entry of readdirSync(cgroup, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(cgroup, entry.name));
  }
  rmdirSync(cgroup);
}
