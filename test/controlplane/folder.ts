/**
 * A folder in the cache for one control plane, and the reaper that outlives us to clean it up.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { cacheFolder } from '../run/cache-folder.mjs';

export async function makeFolder(): Promise<string> {
  const parent = join(cacheFolder(), 'run');
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, 'control-plane-'));
}

/** Watches over the folder. Returns a function that has it clean up now. Without a call it does so when this process is gone, by whatever end. */
export function startReaper(folder: string): () => Promise<void> {
  const reaper = spawn(process.execPath, [join(import.meta.dirname, 'reaper.ts'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(reaper, 'exit');
  reaper.unref();
  (reaper.stdin as Socket).unref();
  return async () => {
    reaper.ref();
    reaper.stdin.end();
    await ended;
  };
}
