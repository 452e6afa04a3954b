/**
 * The npm package as people get it: unpacked in an empty folder, with an empty home, and as a plugin of kubectl, Helm and kustomize.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { ensureKustomize, findBinaries } from '../controlplane/binaries.ts';
import { describeWith } from '../run/needs.ts';
import { assignment, configMap, type Ended, plainFile, refusedFile } from './command-line.ts';

const root = join(import.meta.dirname, '..', '..');
const core = 'core-site.xml';
let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  const made = await run(process.execPath, [join(root, '.config', 'pack.ts'), join(folder, 'made')], {
    path: process.env.PATH ?? '',
    env: { HOME: join(folder, 'home-of-npm') },
  });
  expect(made).toMatchObject({ code: 0, err: '' });
  mkdirSync(join(folder, 'home'));
  mkdirSync(join(folder, 'plugins'));
  mkdirSync(join(folder, 'bin'));
  expect((await run('tar', ['-xzf', made.out.trim(), '-C', folder])).code).toBe(0);
  renameSync(join(folder, 'package'), join(folder, 'plugins', 'sse-kms'));
  program = join(folder, 'plugins', 'sse-kms', 'sse-kms.cjs');
  // As npm does it.
  for (const name of ['sse-kms', 'kubectl-sse_kms']) symlinkSync(program, join(folder, 'bin', name));
  writeFileSync(join(folder, 'a.yaml'), assignment);
  writeFileSync(join(folder, 'plain.yaml'), configMap('plain', { [core]: plainFile }));
  writeFileSync(join(folder, 'refused.yaml'), configMap('refused', { [core]: refusedFile }));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

interface Surroundings {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly path?: string;
}

/** Nothing of this process's environment is there but the way to Node and to the package. */
async function run(
  command: string,
  words: readonly string[],
  { stdin = '', env = {}, path }: Surroundings = {},
): Promise<Ended> {
  const PATH = path ?? [join(folder, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  const child = spawn(command, words, { cwd: folder, env: { PATH, HOME: join(folder, 'home'), ...env } });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(stdin);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? -1))),
  ]);
  return { code, out, err };
}

const sseKms = (line: string, surroundings?: Surroundings) => run('sse-kms', line.split(' '), surroundings);

const coreOf = (manifest: string): string => parseAllDocuments(manifest)[0]?.toJS().data[core];

describe('the package', () => {
  it('holds one program, and needs no other package', () => {
    const unpacked = join(folder, 'plugins', 'sse-kms');
    expect(readdirSync(unpacked).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
      'plugin.yaml',
      'sse-kms.cjs',
    ]);
    const description = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(description).toMatchObject({ version, bin: { 'sse-kms': 'sse-kms.cjs', 'kubectl-sse_kms': 'sse-kms.cjs' } });
    expect(Object.keys(description).filter((key) => key.toLowerCase().includes('dependencies'))).toEqual([]);
    const krew = readFileSync(join(folder, 'made', 'krew.yaml'), 'utf8');
    expect(krew).toMatch(/sha256: [0-9a-f]{64}\n/);
    expect(krew).toContain(`version: v${version}\n`);
    expect(krew).toContain(`/sse-kms-${version}.tgz\n`);
  });

  it('says that the standard input is not UTF-8, instead of passing other bytes on', async () => {
    const ended = await run('sh', ['-c', "printf 'a: \\377\\n' | sse-kms render -a a.yaml"]);
    expect(ended).toEqual({ code: 2, out: '', err: expect.stringContaining('the standard input is not UTF-8') });
  });

  it.runIf(existsSync('/dev/full'))('says that its output can not be written', async () => {
    const ended = await run('sh', ['-c', 'sse-kms render -a a.yaml plain.yaml > /dev/full']);
    expect(ended).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^sse-kms: can't write to the standard output: .*\n$/),
    });
  });

  it('prints the help of every command, and leaves nothing at home', async () => {
    const { out, code } = await sseKms('--help');
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(out).toContain(`  ${name.padEnd(10)}  ${summary}\n`);
      expect(await sseKms(`${name} --help`)).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringContaining('\nExamples:\n'),
      });
    }
    expect(readdirSync(join(folder, 'home'))).toEqual([]);
  });

  it('renders and checks', async () => {
    const { out } = await sseKms('render -a a.yaml -f plain.yaml');
    expect(coreOf(out)).toContain('<value>SSE-KMS</value>');
    expect(await sseKms('check -a a.yaml', { stdin: out })).toEqual({ code: 0, out: '1 file: 1 compliant\n', err: '' });
    expect(await sseKms('check -a a.yaml -f refused.yaml')).toMatchObject({ code: 1, err: '' });
    expect(await sseKms('check -a a.yaml -f refused.yaml --fromat json')).toMatchObject({ code: 2, out: '' });
  });

  it('ends without a word where nobody reads on', async () => {
    writeFileSync(join(folder, 'large.yaml'), `# one\n${'# more\n'.repeat(200_000)}`);
    const line = 'set -o pipefail; sse-kms render -a a.yaml -f large.yaml | head -n 1';
    expect(await run('bash', ['-c', line])).toEqual({ code: 0, out: '# one\n', err: '' });
  });
});

describeWith(['control plane'], 'with the real kubectl and Helm', () => {
  it('is a plugin of kubectl', async () => {
    const kubectl = findBinaries()?.kubectl ?? '';
    const { code, out } = await run(kubectl, ['sse-kms', 'check', '-a', 'a.yaml', '-f', 'refused.yaml']);
    expect(code).toBe(1);
    expect(out).toContain('OtherEncryptionInUse');
  });

  it('is a post-renderer of Helm, with or without the namespace in the environment', async () => {
    const helm = findBinaries()?.helm ?? '';
    const chart = join(folder, 'chart');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: c\nversion: 0.1.0\n');
    const template = configMap(
      '{{ .Release.Name }}',
      { [core]: '<configuration>\n{{ .Values.more }}\n</configuration>\n' },
      '',
    );
    writeFileSync(join(chart, 'templates', 'config.yaml'), `# a comment\n${template}`);
    const words = ['template', 'release', 'chart', '--set', 'more=', '--post-renderer', 'sse-kms'];
    const args = (...more: string[]) => more.flatMap((word) => ['--post-renderer-args', word]);
    const env = { HELM_PLUGINS: join(folder, 'plugins') };
    const rendered = await run(helm, [...words, ...args('-a', 'a.yaml', '-n', 'finance')], { env });
    expect(rendered.code).toBe(0);
    expect(rendered.out).toContain('# a comment\n');
    expect(coreOf(rendered.out)).toContain('<value>SSE-KMS</value>');
    const named = await run(helm, [...words, ...args('-a', 'a.yaml')], { env: { ...env, HELM_NAMESPACE: 'finance' } });
    expect(named.out).toBe(rendered.out);
    const hostile = [
      '--set',
      'more=<include/>',
      ...args('-a', 'a.yaml', '-n', 'finance', '--core-files', 'core-site.xml,'),
    ];
    expect(await run(helm, [...words, ...hostile], { env })).toMatchObject({ code: 1, out: '' });
  });
});

describeWith(['kustomize'], 'with the real kustomize', () => {
  it('is a function that gets the assignments in its configuration', { timeout: 900_000 }, async () => {
    const kustomize = await ensureKustomize();
    const build = join(folder, 'build');
    mkdirSync(build);
    const annotation = `  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ${program}, args: [render]}\n`;
    writeFileSync(
      join(build, 'kustomization.yaml'),
      'namespace: finance\nresources: [config.yaml]\ntransformers: [key.yaml]\n',
    );
    writeFileSync(join(build, 'config.yaml'), configMap('plain', { [core]: plainFile }, ''));
    writeFileSync(join(build, 'key.yaml'), assignment.replace('  name: finance\n', `  name: finance\n${annotation}`));
    const words = ['build', '--enable-alpha-plugins', '--enable-exec', 'build'];
    const { code, out } = await run(kustomize, words);
    expect(code).toBe(0);
    expect(coreOf(out)).toContain('<value>SSE-KMS</value>');
    writeFileSync(join(build, 'config.yaml'), configMap('refused', { [core]: refusedFile }, ''));
    const refused = await run(kustomize, words);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('OtherEncryptionInUse');
    expect(existsSync(join(build, 'out'))).toBe(false);
  });
});
