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

  it("has AWS's SDK in a file of its own, which works without the other", async () => {
    const [first, second] = await Promise.all(
      ['sse-kms.mjs', 'describe-key.mjs'].map((file) => readFile(join(folder, file), 'utf8')),
    );
    expect(first).toContain("import('./describe-key.mjs')".replaceAll("'", '"'));
    expect(first).not.toContain('DescribeKeyCommand');
    expect(second).toContain('DescribeKeyCommand');
    const ask = `const { buildKeyDescriber } = await import('./describe-key.mjs');
      const describer = buildKeyDescriber({ endpoint: 'http://127.0.0.1:9', s3Endpoint: '' });
      console.log(JSON.stringify(await describer.describe('alias/aws/s3', 'us-west-2', new AbortController().signal)));`;
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', ask], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'failed', name: 'ECONNREFUSED' });
  });

  it('refuses a command line it does not understand', async () => {
    await expect(sseKms('operator', '--no-such-flag')).rejects.toMatchObject({ code: 2 });
  });
});
