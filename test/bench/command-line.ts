/**
 * `npm run bench:cli`: what the command line's start-up costs beside an empty Node, and `check` on a thousand files beside the core alone. It
 * measures the npm package, one file, and everything in one run. Judged is the processor's time, since a busy machine makes the clock's meaningless;
 * where a target is missed the exit code is 1.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDocuments } from './documents.ts';
import { median } from './measure.ts';

const mostOfStart = 2.5;
const leastOfSpeed = 0.5;
const count = 1000;
const rounds = 15;

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'bench-cli-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The processor's time of a process, in milliseconds, as it says itself at its end. */
const meter = join(folder, 'meter.cjs');
writeFileSync(
  meter,
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); require('node:fs').writeFileSync(process.env.METER, String((user + system) / 1000)); });\n",
);

function measure(words: readonly string[], expected: number): { readonly wall: number; readonly processor: number } {
  const report = join(folder, 'meter.txt');
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const wall = performance.now() - start;
  if (status !== expected) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  spawnSync(process.execPath, ['--require', meter, ...words], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, METER: report },
  });
  return { wall, processor: Number(readFileSync(report, 'utf8')) };
}

/** By turns, so that a busy machine slows both alike. */
function compare(first: readonly string[], second: readonly string[], expected: number, turns = rounds) {
  const pairs = Array.from({ length: turns }, () => [measure(first, 0), measure(second, expected)] as const);
  const of = (pick: (pair: (typeof pairs)[number]) => number) => median(pairs.map(pick));
  return {
    wall: [of(([a]) => a.wall), of(([, b]) => b.wall), of(([a, b]) => b.wall / a.wall)] as const,
    processor: [
      of(([a]) => a.processor),
      of(([, b]) => b.processor),
      of(([a, b]) => b.processor / a.processor),
    ] as const,
  };
}

const made = spawnSync(process.execPath, [join(root, '.config', 'pack.ts'), join(folder, 'made')], {
  encoding: 'utf8',
});
if (made.status !== 0) throw new Error(made.stderr);
const program = join(folder, 'made', 'package', 'sse-kms.cjs');
let missed = 0;

const start = compare(['-e', '0'], [program, '--help'], 0);
print('start-up', 'node -e 0', 'sse-kms --help', start, start.processor[2] <= mostOfStart, `at most ${mostOfStart}`);

writeInputs();
// The core alone, in a process of its own too: the same bundler, the same files, nothing but reading, planning and the plans' outcomes.
const core = await bundleCore();
for (const [name, path] of [
  ['manifests', 'manifests'],
  ['bare files', 'bare'],
] as const) {
  const words = [program, 'check', '-a', 'assignment.yaml', '-n', 'finance', '-f', path, '--format', 'json'];
  const speed = compare([core], words, 1, 7);
  const ratio = 1 / speed.processor[2];
  print(
    `check of ${count} ${name}`,
    'the core alone',
    'sse-kms check',
    speed,
    ratio >= leastOfSpeed,
    `${ratio.toFixed(2)} of its speed, at least ${leastOfSpeed}`,
  );
}
console.log(missed === 0 ? '\nevery target is met' : `\n${missed} targets are missed`);
process.exitCode = missed === 0 ? 0 : 1;

function print(
  what: string,
  first: string,
  second: string,
  { wall, processor }: ReturnType<typeof compare>,
  met: boolean,
  target: string,
): void {
  if (!met) missed++;
  const show = ([a, b, ratio]: readonly [number, number, number]) =>
    `${a.toFixed(0)} ms, ${b.toFixed(0)} ms: ${ratio.toFixed(2)}`;
  console.log(
    `${what}\n  ${first}, ${second}\n    processor       ${show(processor)} (${target}${met ? '' : ', missed'})\n    by the clock    ${show(wall)}`,
  );
}

/** Files of 3 KB, each different. */
function writeInputs(): void {
  const text = loadDocuments().find(({ name }) => name === '20 properties')?.text ?? '';
  const padded = `${text}<!-- ${'x'.repeat(Math.max(0, 3000 - text.length - 10))} -->\n`;
  mkdirSync(join(folder, 'manifests'));
  for (let index = 0; index < count; index++) {
    const file = padded.replace(
      '<configuration>',
      `<configuration>\n  <property><name>of.its.own</name><value>${index}</value></property>`,
    );
    mkdirSync(join(folder, 'bare', `${index}`), { recursive: true });
    writeFileSync(join(folder, 'bare', `${index}`, 'core-site.xml'), file);
    const head = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c${index}\n  namespace: finance\ndata:\n  core-site.xml: |\n`;
    writeFileSync(join(folder, 'manifests', `${index}.yaml`), head + file.replace(/^(?=.)/gm, '    '));
  }
  const key = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
  const spec = `spec:\n  namespaces: [finance]\n  key: {arn: "${key}"}\n`;
  writeFileSync(
    join(folder, 'assignment.yaml'),
    `apiVersion: ssekms.io/v1alpha1\nkind: KmsKeyAssignment\nmetadata: {name: finance}\n${spec}`,
  );
}

async function bundleCore(): Promise<string> {
  const { build } = await import('esbuild');
  const outfile = join(folder, 'core.cjs');
  const contents = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { planConfigObject } from './src/core/plan/config-object.ts';
    import { defaultFiles } from './src/core/plan/default-files.ts';
    const key = { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' };
    const assignment = { name: 'finance', target: { namespaces: ['finance'] }, algorithm: 'SSE-KMS', key, buckets: [], enforcement: 'Enforce' } as const;
    let changes = 0;
    for (const name of readdirSync('bare')) {
      const text = readFileSync('bare/' + name + '/core-site.xml', 'utf8');
      if (planConfigObject({ data: { 'core-site.xml': text } }, assignment, defaultFiles).kind === 'change') changes++;
    }
    if (changes !== ${count}) throw new Error(String(changes));
  `;
  const stdin = { contents, resolveDir: root, loader: 'ts' as const };
  await build({
    stdin,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    logLevel: 'error',
  });
  if (readdirSync(join(folder, 'bare')).length !== count) throw new Error('the files are missing');
  return outfile;
}
