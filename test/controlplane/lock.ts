/**
 * A lock between processes: a directory that holds one file named for its owner. Every change of hands is one atomic rename.
 */
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The owner touches its file this often; one left untouched for four such periods is taken over. */
const heartbeat = 15_000;

/**
 * Runs `work` while this process holds the lock at `path`, and frees it afterwards.
 * @param onWait called again and again with the name of the owner while another process holds it
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: (owner: string) => void): Promise<T> {
  const mine = `${process.pid}@${hostname()}.${Math.random().toString(36).slice(2)}`;
  while (!(await take(path, mine))) {
    onWait((await ownerOf(path)) ?? 'nobody');
    await sleep(200);
  }
  const file = join(path, mine);
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), heartbeat);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
    // Not empty means that somebody has it already, and not there means the same for an owner that has finished.
    await rmdir(path).catch(() => {});
  }
}

async function take(path: string, mine: string): Promise<boolean> {
  const owner = await ownerOf(path);
  if (owner === undefined) return create(path, mine);
  if (!(await isStale(path, owner))) return false;
  // Of several that find the owner gone, one renames its file; the others find nothing to rename. Touched first, so that it is never ours and old.
  return succeeds(async () => {
    await utimes(join(path, owner), new Date(), new Date());
    await rename(join(path, owner), join(path, mine));
  });
}

async function create(path: string, mine: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const prepared = await mkdtemp(`${path}.`);
  await writeFile(join(prepared, mine), '');
  // Renaming onto a directory succeeds only while that is empty, so there is never a lock without an owner's name.
  const taken = await succeeds(() => rename(prepared, path));
  if (!taken) await rm(prepared, { recursive: true });
  return taken;
}

async function isStale(path: string, owner: string): Promise<boolean> {
  const [pid = '', host = ''] = owner.replace(/\.[^.]*$/, '').split('@');
  if (host === hostname() && !isAlive(Number(pid))) return true;
  try {
    return Date.now() - (await stat(join(path, owner))).mtimeMs > 4 * heartbeat;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function ownerOf(path: string): Promise<string | undefined> {
  try {
    return (await readdir(path))[0];
  } catch {
    return undefined;
  }
}

async function succeeds(change: () => Promise<void>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) return false;
    throw error;
  }
}
