import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

describe('the lock between processes', () => {
  let folder: string;
  let path: string;
  const noWait = (owner: string): void => expect.unreachable(`waited for ${owner}`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function leaveLock(owner: string, age = 0): Promise<void> {
    await mkdir(path);
    await writeFile(join(path, owner), '');
    const then = new Date(Date.now() - age);
    await utimes(join(path, owner), then, then);
  }

  async function endedProcess(): Promise<number | undefined> {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid;
  }

  it('lets one at a time do its work, and all of them in the end', async () => {
    let inside = 0;
    const most: number[] = [];
    const work = async (): Promise<void> => {
      most.push(++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(path, work, () => {})));
    expect(most).toEqual([1, 1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is free again after work that fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')), noWait)).rejects.toThrow('no');
    expect(await withLock(path, async () => 'done', noWait)).toBe('done');
  });

  it('is taken over from a process that has ended', async () => {
    await leaveLock(`${await endedProcess()}@${hostname()}.x`);
    expect(await withLock(path, async () => 'done', noWait)).toBe('done');
  });

  it('is taken over by one alone of those that find its owner gone', async () => {
    await leaveLock(`${await endedProcess()}@${hostname()}.x`);
    let inside = 0;
    const work = async (): Promise<void> => {
      expect(++inside).toBe(1);
      await sleep(20);
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work, () => {})));
  });

  it('is waited for while its owner lives, on this machine or another, and says who that is', async () => {
    for (const owner of [`${process.pid}@${hostname()}.x`, '1@elsewhere.x']) {
      await leaveLock(owner);
      const waited: string[] = [];
      const result = withLock(
        path,
        async () => 'done',
        (who) => {
          waited.push(who);
          void rm(path, { recursive: true });
        },
      );
      expect(await result).toBe('done');
      expect(waited).toEqual([owner]);
    }
  });

  it('is taken over from an owner on another machine that has given no sign for a minute', async () => {
    await leaveLock('1@elsewhere.x', 61_000);
    expect(await withLock(path, async () => 'done', noWait)).toBe('done');
  });
});
