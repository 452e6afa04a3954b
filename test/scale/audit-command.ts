/**
 * `npm run scale:audit`: what `sse-kms audit` takes in a large cluster, in seconds and memory, and how large its page is. Half
 * of the ConfigMaps may be none of our business.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport } from '../../src/cluster/transport.ts';
import { buildSample } from '../cli/audit/sample.ts';
import { startControlPlane } from '../controlplane/control-plane.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { readOptions } from '../run/command-line.ts';
import { loadFixture } from './load.ts';
import { buildProgram } from './program.ts';

const usage = `npm run scale:audit -- [--namespaces 5000] [--config-objects 100000] [--others 20000] [--keep FOLDER]`;

const { values } = readOptions(
  (args) =>
    parseArgs({
      args: [...args],
      options: {
        namespaces: { type: 'string', default: '5000' },
        'config-objects': { type: 'string', default: '100000' },
        others: { type: 'string', default: '20000' },
        keep: { type: 'string' },
      },
    }),
  usage,
);
const [namespaces, configObjects, others] = [values.namespaces, values['config-objects'], values.others].map(
  Number,
) as [number, number, number];
const title = `${namespaces} namespaces, ${configObjects} ConfigMaps with configuration, ${others} others of 4 kB`;
const rows = await withProgress(sayOnStderr, title, measure);
console.log([title, '', ...rows].join('\n'));

async function measure(say: (state: string) => void): Promise<string[]> {
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'scale-audit-')));
  const bundle = join(folder, 'bundle');
  await buildProgram(bundle);
  const cluster = await startControlPlane({ etcdFlags: { 'quota-backend-bytes': `${16 * 1024 ** 3}` } });
  try {
    const api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster.kubeconfigPath] }));
    const sample = buildSample({ namespaces, configMaps: configObjects });
    const fixture = {
      namespaces: sample.namespaces,
      shares: [],
      all: () => ({}),
      configMaps: () => configMapsOf(sample),
    };
    await loadFixture(api, fixture, (created) => say(`${created} ConfigMaps created`));
    api.close();
    const assignments = join(folder, 'assignments.json');
    await writeFile(assignments, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: sample.assignments }));
    const figures: string[] = [];
    for (const format of ['table', 'json', 'html']) {
      say(`auditing as ${format}`);
      const out = join(folder, `audit.${format}`);
      const args = ['audit', '-f', assignments, '-o', format, '--kubeconfig', cluster.kubeconfigPath];
      const { seconds, peak, cpu } = await run(join(bundle, 'sse-kms.mjs'), args, out);
      const { size } = await stat(out);
      figures.push(
        `${format.padEnd(5)}  ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU, at most ${peak.toFixed(0)} MB of memory, ${(size / 1e6).toFixed(2)} MB of output`,
      );
    }
    return figures;
  } finally {
    await cluster.stop();
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
}

function* configMapsOf(sample: ReturnType<typeof buildSample>) {
  for (const { metadata, ...rest } of sample.configMaps()) {
    yield { namespace: metadata.namespace ?? '', name: metadata.name, labels: {}, data: {}, ...rest };
  }
  const text = 'rootLogger.level = INFO\n'.repeat(170);
  for (let index = 0; index < others; index++) {
    const namespace = sample.namespaces[index % namespaces]?.name ?? '';
    yield { namespace, name: `other-${index}`, labels: {}, data: { 'log4j.properties': text } };
  }
}

/** As users run it, but that it tells at its end what it took. */
async function run(program: string, args: readonly string[], out: string) {
  const told = `process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage(); console.error(JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime })); })`;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(told)}`, program, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [[code]] = await Promise.all([once(child, 'close'), pipeline(child.stdout, createWriteStream(out))]);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`the audit ended with ${code}: ${errors}`);
  const { maxRSS, cpu } = JSON.parse(errors.trim().split('\n').at(-1) ?? '') as { maxRSS: number; cpu: number };
  return { seconds, peak: maxRSS / 1024, cpu: cpu / 1e6 };
}
