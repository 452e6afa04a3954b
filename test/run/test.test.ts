import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

const suites: Readonly<Record<string, string>> = {
  passing: "it('a', () => {}); it('b', () => {});",
  failing: "it('a', () => {}); it('b', () => { throw new Error('no'); });",
  skipping: "it('a', () => {}); it.skip('b', () => {}); it.todo('c');",
  lacking: `describeWith(['maven'], 'a suite', () => { it('a', () => {}); it('b', () => {}); }); it('c', () => {});`,
  unloadable: "throw new Error('no');",
  hooked: "beforeAll(() => { throw new Error('no'); }); it('a', () => {});",
  stray:
    "it('a', () => { void Promise.reject(new Error('no')); }); it('b', () => new Promise((end) => setTimeout(end, 50)));",
};

describe('npm test', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'npm-test-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const needs = JSON.stringify(join(root, 'test', 'run', 'needs.ts'));
    for (const [name, body] of Object.entries(suites)) {
      const head = `import { beforeAll, it } from 'vitest'; import { describeWith } from ${needs};`;
      await writeFile(join(folder, `${name}.test.ts`), `${head}\n${body}\n`);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(filter: string, env: NodeJS.ProcessEnv = {}) {
    const { CI, VITEST, ...rest } = process.env;
    const child = spawn(process.execPath, [join(root, 'test/run/test.ts'), '--root', folder, filter], {
      env: { ...rest, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const code = new Promise((resolve) => child.once('exit', resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, lastLine: stdout.trimEnd().split('\n').at(-1), stderr };
  }

  it.each([
    ['passing', 0, '2 passed, 0 failed, 0 skipped'],
    ['failing', 1, '1 passed, 1 failed, 0 skipped'],
    ['skipping', 0, '1 passed, 0 failed, 2 skipped'],
    ['unloadable', 1, '0 passed, 1 failed, 0 skipped'],
    ['hooked', 1, '0 passed, 1 failed, 1 skipped'],
    ['stray', 1, '2 passed, 1 failed, 0 skipped'],
    ['nothing of this name', 1, '0 passed, 0 failed, 0 skipped'],
  ])('counts %s tests and ends with %i', async (filter, code, lastLine) => {
    expect(await run(filter)).toMatchObject({ code, lastLine });
  });

  it('names the tool that skipped tests lack', async () => {
    const { code, lastLine, stderr } = await run('lacking', { PATH: folder });
    expect({ code, lastLine }).toEqual({ code: 0, lastLine: '1 passed, 0 failed, 2 skipped' });
    expect(stderr).toContain('2 skipped: they need Maven');
  });

  it.each(['skipping', 'lacking'])('fails in CI over skipped tests: %s', async (filter) => {
    expect(await run(filter, { CI: 'true', PATH: folder })).toMatchObject({ code: 1 });
  });
});
