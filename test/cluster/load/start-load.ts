/**
 * Starts the clients (clients.ts) in a node's network, and asks them phase by phase.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClusterNode } from '../node/start-node.ts';
import type { Phase } from './phase.ts';

export interface Load {
  /** What the clients saw from just before `work` until just after it. */
  during(name: string, work: () => Promise<unknown>): Promise<Phase>;
  stop(): Promise<void>;
}

export function startLoad(node: ClusterNode, namespace: string, clients: number): Load {
  const script = join(import.meta.dirname, 'clients.ts');
  const words = ['--target', String(node.pid), '--net', '--', process.execPath, script];
  const child = spawn('nsenter', [...words, node.kubeconfigPath, namespace, String(clients)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (name: string): Promise<Phase> => {
    child.stdin.write(`${name}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('the clients have ended');
    return JSON.parse(value);
  };
  return {
    during: async (name, work) => {
      await next(name);
      await work();
      return next('between');
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
