import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

describe('the bundle, without node_modules beside it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    await run(process.execPath, [join(root, '.config', 'build.ts'), folder]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const sseKms = (...args: string[]) => run(process.execPath, [join(folder, 'sse-kms.mjs'), ...args], { cwd: folder });

  it('knows its version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect((await sseKms('--version')).stdout).toContain(version);
  });

  it('refuses a command line it does not understand', async () => {
    await expect(sseKms('operator', '--no-such-flag')).rejects.toMatchObject({ code: 2 });
  });
});
