/**
 * Keeps a node while its standard input is open, and leaves nothing of it, however its starter ended: every process is in the node's own PID namespace and
 * dies with its first; mounts and network go with theirs; cgroups and the folder are deleted here.
 *
 * node keeper.ts PLAN.json
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCgroups, removeCgroups } from './cgroups.ts';
import type { NodePlan } from './layout.ts';

const [file = ''] = process.argv.slice(2);
const plan: NodePlan = JSON.parse(readFileSync(file, 'utf8'));
const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc'];
// Orphans of the node's programs become children of its first process: a shell collects them.
const first = ['sh', '-c', '"$@"; exit', 'sh', process.execPath, join(import.meta.dirname, 'init.ts'), file];

makeCgroups(plan.cgroup);
const node = spawn('unshare', [...namespaces, '--fork', '--kill-child', '--mount-proc', ...first], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => node.kill('SIGKILL'));
const ended = once(node, 'exit');
console.log(`pid ${await firstProcess(node.pid ?? 0)}`);
await ended;
await removeCgroups(plan.cgroup);
rmSync(plan.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

/** As this machine numbers it. */
async function firstProcess(parent: number): Promise<number> {
  for (;;) {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim();
    if (children) return Number(children.split(' ')[0]);
    await sleep(10);
  }
}
