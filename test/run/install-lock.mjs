/**
 * Lets one process at a time install into a repository: `npm test` and `npm run demo` in two terminals both find node_modules missing. Plain
 * JavaScript, because the bootstrap runs it on the system's Node.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from './cache-folder.mjs';

/** Milliseconds after which nobody installs any more, whatever process has the owner's number now. */
const longest = 900_000;

/**
 * @param {string} root the repository
 * @param {() => void} onWait called again and again while another process has the lock
 * @returns {Promise<() => void>} frees the lock
 */
export async function lockInstallation(root, onWait) {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const file = join(cacheFolder(), `installing-${id}`);
  mkdirSync(dirname(file), { recursive: true });
  while (!take(file)) {
    onWait();
    await sleep(500);
  }
  return () => rmSync(file, { force: true });
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isStale(file)) rmSync(file, { force: true });
  return false;
}

function isStale(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    if (Date.now() - statSync(file).mtimeMs > longest) return true;
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
