/**
 * `npm run bench:admission`: what a creation of a ConfigMap takes through a real API server without a webhook, with two webhooks
 * that do next to nothing, with this product, and with a MutatingAdmissionPolicy of Kubernetes. Each has an API server of its own;
 * they are asked by turns, and no two files are alike. `-- --sizes 3,30` measures files of these
 * sizes, in KB; `-- --json` prints the figures as JSON.
 */
import { parseArgs } from 'node:util';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport } from '../../src/cluster/transport.ts';
import { startControlPlane } from '../controlplane/control-plane.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { type Creation, creation, formats, sizes, target } from './creation.ts';
import { median } from './measure.ts';
import { type Rival, rivals, type StoredConfigMap } from './rivals.ts';

const concurrencies = [1, 8, 32] as const;
/** Of this product beside two webhooks that do next to nothing, for 3 KB. */
const mostRatio = 1.5;

interface Row {
  readonly format: Creation['format'];
  readonly kilobytes: number;
  readonly concurrency: number;
  /** Milliseconds, the median of the rounds' medians. */
  readonly p50: Readonly<Record<string, number>>;
  /** This product's p50 as a multiple of the two webhooks', the median of the rounds. */
  readonly ratio: number;
}

interface Running {
  readonly rival: Rival;
  /** Creates what is given, `concurrency` at once. Returns the median time of one creation in milliseconds. */
  create(bodies: readonly object[], concurrency: number): Promise<number>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

async function start(rival: Rival): Promise<Running> {
  const cluster = await startControlPlane();
  try {
    await cluster.kubectl(['create', 'namespace', target]);
    const ended = await rival.install(cluster);
    const api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster.kubeconfigPath] }));
    const path = `/api/v1/namespaces/${target}/configmaps`;
    return {
      rival,
      create: async (bodies, concurrency) => {
        const rest = bodies.values();
        const taken: number[] = [];
        await Promise.all(
          Array.from({ length: concurrency }, async () => {
            for (const body of rest) {
              const before = performance.now();
              const stored = await api.send({ method: 'POST', path, body });
              taken.push(performance.now() - before);
              rival.check(stored as StoredConfigMap);
            }
          }),
        );
        return median(taken);
      },
      clear: async () => {
        await api.send({ method: 'DELETE', path });
      },
      stop: async () => {
        api.close();
        await ended();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

let number = 0;

async function measure(
  running: readonly Running[],
  format: Creation['format'],
  kilobytes: number,
  concurrency: number,
  rounds: number,
): Promise<Row> {
  const perRound = Math.max(concurrency * 2, kilobytes > 100 ? 12 : 40);
  const medians = running.map((): number[] => []);
  // The first two rounds warm everybody up.
  for (let round = -2; round < rounds; round++) {
    const turns = [...running.entries()];
    for (const [index, one] of round % 2 === 0 ? turns : turns.reverse()) {
      const bodies = Array.from({ length: perRound }, () => creation({ format, kilobytes, number: number++ }));
      const taken = await one.create(bodies, concurrency);
      if (round >= 0) medians[index]?.push(taken);
    }
  }
  for (const one of running) await one.clear();
  const of = (name: string) => medians[running.findIndex(({ rival }) => rival.name === name)] ?? [];
  const floor = of('two webhooks');
  return {
    format,
    kilobytes,
    concurrency,
    p50: Object.fromEntries(running.map(({ rival }, index) => [rival.name, median(medians[index] ?? [])])),
    ratio: median(of('this product').map((taken, round) => taken / (floor[round] ?? Number.NaN))),
  };
}

function toTable(rows: readonly Row[]): string[] {
  const names = rivals.map(({ name }) => name);
  const cells = (values: readonly string[]) => `| ${values.join(' | ')} |`;
  return [
    cells(['file', 'at once', ...names, 'this product / two webhooks']),
    cells(['---', '---', ...names.map(() => '---'), '---']),
    ...rows.map(({ format, kilobytes, concurrency, p50, ratio }) =>
      cells([
        `${format}, ${kilobytes} KB`,
        `${concurrency}`,
        ...names.map((name) => `${p50[name]?.toFixed(1)} ms`),
        ratio.toFixed(2),
      ]),
    ),
  ];
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '9' },
    sizes: { type: 'string', default: sizes.join(',') },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds ${values.rounds}: give a whole number of rounds, 1 or more`);

const chosen = values.sizes.split(',').map(Number);
if (chosen.some((kilobytes) => !(kilobytes >= 1 && kilobytes <= 400)))
  throw new Error(`--sizes ${values.sizes}: give sizes in KB from 1 to 400, separated by commas`);

const rows: Row[] = [];
await withProgress(sayOnStderr, 'creations', async (say) => {
  const running: Running[] = [];
  try {
    for (const rival of rivals) running.push(await start(rival));
    for (const format of formats) {
      for (const kilobytes of chosen) {
        for (const concurrency of concurrencies) {
          say(`${format}, ${kilobytes} KB, ${concurrency} at once`);
          rows.push(await measure(running, format, kilobytes, concurrency, rounds));
        }
      }
    }
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
  }
});
console.log(values.json ? JSON.stringify(rows, null, 2) : toTable(rows).join('\n'));
const missed = rows.filter(({ kilobytes, ratio }) => kilobytes === 3 && ratio > mostRatio);
console.error(
  missed.length === 0
    ? `\n3 KB: at most ${mostRatio}, as wanted`
    : `\n${missed.length} rows of 3 KB above ${mostRatio}`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
