/**
 * What a creation of a ConfigMap takes through a real API server without a webhook, with two webhooks that do next to nothing,
 * with this product, with a MutatingAdmissionPolicy of Kubernetes, and with Kyverno where it is given. Each has an API server of
 * its own; they are asked by turns, and no two files are alike.
 */
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport } from '../../src/cluster/transport.ts';
import { startControlPlane } from '../controlplane/control-plane.ts';
import { type Creation, creation, formats, target } from './creation.ts';
import { median } from './measure.ts';
import { type Part, toTable } from './part.ts';
import { kyvernoName, type Rival, rivalsWith, type StoredConfigMap } from './rivals.ts';

const concurrencies = [1, 8, 32] as const;
const [floor, ours] = ['two webhooks', 'this product'] as const;
/** Of this product beside two webhooks that do next to nothing, for 3 KB. */
const mostRatio = 1.5;
/** The same where the machine is small and busy. */
const farRatio = 2.5;

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
        await ended().finally(() => cluster.stop());
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

let number = 0;

function creations(format: Creation['format'], kilobytes: number, count: number): object[] {
  return Array.from({ length: count }, () => creation({ format, kilobytes, number: number++ }));
}

/** Until the compilers of those that have one have done most of their work: programs of clusters run for weeks. */
async function warmUp({ create, clear }: Running): Promise<void> {
  for (const format of formats) await create(creations(format, 3, 500), 8);
  await clear();
}

async function measure(
  running: readonly Running[],
  format: Creation['format'],
  kilobytes: number,
  concurrency: number,
  rounds: number,
): Promise<Row> {
  const perRound = Math.max(concurrency * 2, kilobytes > 100 ? 12 : 40);
  const medians = running.map((): number[] => []);
  // The first two rounds are for what is new in this row.
  for (let round = -2; round < rounds; round++) {
    const turns = [...running.entries()];
    for (const [index, one] of round % 2 === 0 ? turns : turns.reverse()) {
      const taken = await one.create(creations(format, kilobytes, perRound), concurrency);
      if (round >= 0) medians[index]?.push(taken);
    }
  }
  for (const one of running) await one.clear();
  const of = (name: string) => medians[running.findIndex(({ rival }) => rival.name === name)] ?? [];
  const floors = of(floor);
  return {
    format,
    kilobytes,
    concurrency,
    p50: Object.fromEntries(running.map(({ rival }, index) => [rival.name, median(medians[index] ?? [])])),
    ratio: median(of(ours).map((taken, round) => taken / (floors[round] ?? Number.NaN))),
  };
}

export const admission: Part = {
  name: 'admission',
  inPage: true,
  async measure({ rounds = 9, sizes, kyverno }, say) {
    const rivals = rivalsWith(kyverno);
    const rows: Row[] = [];
    const running: Running[] = [];
    try {
      for (const rival of rivals) {
        say(`installing ${rival.name}`);
        running.push(await start(rival));
      }
      for (const one of running) {
        say(`warming up ${one.rival.name}`);
        await warmUp(one);
      }
      for (const format of formats) {
        for (const kilobytes of sizes) {
          for (const concurrency of concurrencies) {
            say(`${format}, ${kilobytes} KB, ${concurrency} at once`);
            rows.push(await measure(running, format, kilobytes, concurrency, rounds));
          }
        }
      }
    } finally {
      await Promise.all(running.map(({ stop }) => stop()));
    }
    const names = rivals.map(({ name }) => name);
    const judged = rows.filter(({ kilobytes }) => kilobytes === 3);
    const title = ({ format, concurrency }: Row) => `${format}, 3 KB, ${concurrency} at once`;
    const above = (ratio: number) =>
      judged
        .filter((row) => row.ratio > ratio)
        .map((row) => `${title(row)}: ${row.ratio.toFixed(2)} times the ${floor}, at most ${ratio} is wanted`);
    const behind = judged
      .filter(({ p50 }) => (p50[ours] ?? 0) > (p50[kyvernoName] ?? Number.POSITIVE_INFINITY))
      .map((row) => `${title(row)}: behind ${kyvernoName}`);
    return {
      lines: toTable(
        ['file', 'at once', ...names.map((name) => `${name}, ms`), `${ours} / ${floor}`],
        rows.map(({ format, kilobytes, concurrency, p50, ratio }) => [
          `${format}, ${kilobytes} KB`,
          `${concurrency}`,
          ...names.map((name) => p50[name]?.toFixed(1) ?? ''),
          ratio.toFixed(2),
        ]),
      ),
      figures: rows,
      missed:
        judged.length === 0
          ? ['no file of 3 KB, of which alone something is wanted']
          : [...above(mostRatio), ...behind],
      regressed: above(farRatio),
    };
  },
};
