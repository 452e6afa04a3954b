import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findBinaries } from '../controlplane/binaries.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';

describeWith(['control plane'], 'the demo as a process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-'));
    for (const name of ['home', 'tmp', 'programs']) await mkdir(join(folder, name));
    for (const path of Object.values(findBinaries() ?? {}))
      await symlink(path, join(folder, 'programs', basename(path)));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

  function start(...args: string[]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, 'home'),
        TMPDIR: join(folder, 'tmp'),
        XDG_CACHE_HOME: join(folder, 'caches'),
        KUBEBUILDER_ASSETS: join(folder, 'programs'),
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal)),
    );
    return {
      ended,
      said: () => said,
      kill: (signal: NodeJS.Signals) => child.kill(signal),
      saying: (words: string) =>
        eventually(
          async () => said,
          (text) => text.includes(words),
        ),
    };
  }

  /** Processes that know of our folder, and files that somebody has put there. */
  async function leftovers(): Promise<unknown> {
    const files = (where: string) => readdir(join(folder, where), { recursive: true }).catch(() => []);
    return {
      processes: await processesThatName(folder),
      files: [...(await files('home')), ...(await files('tmp')), ...(await files('caches/sse-kms-operator/run'))],
      others: (await readdir(folder)).filter((name) => !['home', 'tmp', 'programs', 'caches'].includes(name)),
      caches: await files('caches').then((found) => found.filter((name) => !name.startsWith('sse-kms-operator'))),
    };
  }
  const nothing = { processes: [], files: [], others: [], caches: [] };

  it('shows what it promises, ends with 0, and leaves nothing', async () => {
    const demo = start('--once');
    expect(await demo.ended, demo.said()).toBe(0);
    expect(demo.said()).toContain('✓ everything that was started has ended');
    expect(demo.said()).not.toContain('✗');
    expect(await leftovers()).toEqual(nothing);
  });

  it('leaves nothing where it is killed while the operator starts', async () => {
    const demo = start();
    await demo.saying('3. The operator');
    demo.kill('SIGKILL');
    expect(await demo.ended).toBe('SIGKILL');
    await eventually(leftovers, (left) => JSON.stringify(left) === JSON.stringify(nothing));
  });

  it('has cleaned up when it ends after SIGTERM, at its very beginning', async () => {
    const demo = start();
    await demo.saying('1. ');
    demo.kill('SIGTERM');
    expect(await demo.ended, demo.said()).toBe(143);
    expect(await leftovers()).toEqual(nothing);
  });
});

async function processesThatName(text: string): Promise<string[]> {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axwwo', 'args='], { encoding: 'utf8' }).split('\n');
    return lines.filter((line) => line.includes(text));
  }
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const known = await Promise.all(
    pids.map(async (pid) => `${await read(pid, 'cmdline')} ${await read(pid, 'environ')}`),
  );
  return known.filter((process) => process.includes(text));
}
