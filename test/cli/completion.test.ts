import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { type Folder, makeFolder } from './command-line.ts';

async function makeScript(shell: string): Promise<Folder & { script: string }> {
  const folder = makeFolder({ 'm.yaml': '', 'deep/x.yaml': '' });
  const { out, code } = await folder.run(`completion ${shell}`);
  expect(code).toBe(0);
  const script = join(folder.path, `completion.${shell}`);
  writeFileSync(script, out);
  return { ...folder, script };
}

describe('bash', () => {
  /** What bash offers behind these words, of which the last is not complete. */
  async function offered(...words: string[]): Promise<string[]> {
    const { path, script } = await makeScript('bash');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const lines = `source ${script}\nCOMP_WORDS=(${quoted})\nCOMP_CWORD=${words.length - 1}\n_sse_kms\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', lines], { cwd: path, encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').filter(Boolean);
  }

  it('offers the commands', async () => {
    expect(await offered('sse-kms', '')).toEqual([...commands.map(({ name }) => name), 'help', '--help', '--version']);
    expect(await offered('sse-kms', 're')).toEqual(['render']);
    expect(await offered('sse-kms', 'help', 'ch')).toEqual(['check']);
  });

  it('offers options and their values, with a blank or an equals sign', async () => {
    expect(await offered('sse-kms', 'check', '--fo')).toEqual(['--format']);
    expect(await offered('sse-kms', 'check', '--format', '')).toEqual(['text', 'json', 'sarif', 'github']);
    expect(await offered('sse-kms', 'check', '--format', '=', 's')).toEqual(['sarif']);
    expect(await offered('sse-kms', 'render', '-o', 'y')).toEqual(['yaml']);
    expect(await offered('sse-kms', 'render', '--output-dir', '')).toEqual(['deep']);
    // Bash's own file names then.
    expect(await offered('sse-kms', 'render', '-f', '')).toEqual([]);
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  it('gets a script with every command, option and value', async () => {
    const { read } = await makeScript(shell);
    const text = read(`completion.${shell}`);
    for (const { name } of commands) expect(text).toContain(name);
    for (const word of ['filename', 'output-dir', 'text json sarif github']) expect(text).toContain(word);
  });
});

it('another shell is told which there are', async () => {
  expect(await makeFolder({}).run('completion fissh')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean fish?'),
  });
});
