/**
 * The pages about the command line: what they show is run.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { findBinaries } from '../controlplane/binaries.ts';
import { describeWith } from '../run/needs.ts';
import { assignment, configMap, plainFile, refusedFile } from './command-line.ts';

const root = join(import.meta.dirname, '..', '..');
const page = (name: string) => readFileSync(join(root, 'charts', 'sse-kms-operator', 'docs', name), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pages-'));
  for (const name of ['bin', 'assignments', 'manifests', 'kustomize']) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, 'bin', 'sse-kms'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src', 'main.ts')}' "$@"\n`,
  );
  chmodSync(join(folder, 'bin', 'sse-kms'), 0o755);
  writeFileSync(join(folder, 'assignments', 'finance.yaml'), assignment);
  writeFileSync(join(folder, 'kustomize', 'kustomization.yaml'), 'resources: [config.yaml]\n');
  writeFileSync(join(folder, 'kustomize', 'config.yaml'), configMap('plain', { 'core-site.xml': plainFile }, ''));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell makes of a line, in the folder or one below it. */
function run(line: string, { cwd = '.', env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const kubectl = dirname(findBinaries()?.kubectl ?? '/');
  const PATH = [join(folder, 'bin'), kubectl, '/usr/bin', '/bin'].join(':');
  const options = { cwd: join(folder, cwd), encoding: 'utf8' as const, env: { PATH, HOME: folder, ...env } };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], options);
  return { status, stdout, stderr };
}

function writeManifest(file: string): void {
  writeFileSync(join(folder, 'manifests', 'hadoop.yaml'), configMap('hadoop', { 'core-site.xml': file }));
}

describe('the page about the command line', () => {
  const text = page('command-line.md');

  it('has a chapter for every command, and the summary of each that it lists', () => {
    for (const { name, summary } of commands) {
      expect(text).toContain(`\n## ${name}\n`);
      expect(text).toContain(`| [\`${name}\`](#${name}) | ${summary} |\n`);
    }
  });

  it('shows a check as it is', () => {
    writeManifest(refusedFile);
    const shown = blocks(text, 'console').find((block) => block.startsWith('$ sse-kms check')) ?? '';
    const [line = '', ...output] = shown.split('\n');
    const { status, stdout } = run(line.slice(2));
    expect(status).toBe(1);
    expect(stdout).toBe(output.join('\n'));
  });

  it('shows a rendering that works', () => {
    writeManifest(plainFile);
    expect(text).toContain('\n$ sse-kms render -a assignments -f manifests --output-dir rendered\n');
    expect(run('sse-kms render -a assignments -f manifests --output-dir rendered').status).toBe(0);
    expect(readFileSync(join(folder, 'rendered', 'hadoop.yaml'), 'utf8')).toContain('<value>SSE-KMS</value>');
  });
});

describe('the page about pipelines', () => {
  const snippets = blocks(page('pipelines.md'), 'yaml').map((block) => parse(block));

  /** The exit codes of a line where a file is refused, and where none is. */
  function codesOf(line: string): (number | null)[] {
    writeManifest(refusedFile);
    const refused = run(line).status;
    writeManifest(plainFile);
    return [refused, run(line).status];
  }

  it("shows GitHub's steps as they work", () => {
    const steps: { run?: string }[] = snippets[0].jobs.check.steps;
    const lines = steps.flatMap(({ run }) => (run?.startsWith('sse-kms') ? [run] : []));
    expect(lines).toHaveLength(2);
    expect(lines.map(codesOf)).toEqual([
      [1, 0],
      [0, 0],
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'sse-kms.sarif'), 'utf8')).version).toBe('2.1.0');
  });

  it("shows GitLab's script as it works", () => {
    const { script, after_script, artifacts } = snippets[1]['hadoop-encryption'];
    expect(codesOf(script[1])).toEqual([1, 0]);
    run(after_script[0]);
    expect(JSON.parse(readFileSync(join(folder, artifacts.paths[0]), 'utf8')).files).toHaveLength(1);
  });

  it("shows pre-commit's entry as it works, with the names behind it", () => {
    const { entry, files } = snippets[2].repos[0].hooks[0];
    expect('manifests/hadoop.yaml').toMatch(new RegExp(files));
    expect(codesOf(`${entry} manifests/hadoop.yaml`)).toEqual([1, 0]);
  });
});

describeWith(['control plane'], 'the page about pipelines, with the real kubectl', () => {
  it("shows Argo CD's plugin as it works, and fails where its first step does", () => {
    const { generate } = blocks(page('pipelines.md'), 'yaml').map((block) => parse(block))[3].spec;
    const line = generate.args[0].replace('/assignments', join(folder, 'assignments'));
    const env = { ARGOCD_APP_NAMESPACE: 'finance' };
    const { status, stdout } = run(line, { cwd: 'kustomize', env });
    expect(status).toBe(0);
    expect(parseAllDocuments(stdout)[0]?.toJS().data['core-site.xml']).toContain('<value>SSE-KMS</value>');
    expect(run(line, { cwd: 'manifests', env })).toMatchObject({ status: 1, stdout: '' });
  });
});
