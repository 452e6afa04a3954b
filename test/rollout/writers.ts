/**
 * Clients that write ConfigMaps without a pause, and look at each answer: was it stored, and with its key?
 */
import type { Transport } from '../../src/cluster/transport.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { plainFile } from '../product/manifests.ts';

export interface Tally {
  requests: number;
  /** Each request that failed, in words. */
  readonly failures: string[];
  /** Each ConfigMap whose stored file does not encrypt with the key. */
  readonly keyless: string[];
}

export interface WritersOptions {
  readonly api: Transport;
  readonly namespace: string;
  /** One of these is what every stored file has to have. */
  readonly key: string | readonly string[];
  readonly clients: number;
}

export interface Writers {
  readonly tally: Tally;
  /** Resolves when the last request was answered. */
  stop(): Promise<void>;
}

interface Stored {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** So that no two runs use the same names. */
let runs = 0;

/** Each creates a ConfigMap, puts another plain file over it a few times as `kubectl replace` does, labels it, and takes the next. */
export function startWriters({ api, namespace, key, clients }: WritersOptions): Writers {
  const keys = [key].flat();
  const tally: Tally = { requests: 0, failures: [], keyless: [] };
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const run = ++runs;
  let stopped = false;

  async function write(what: string, request: Parameters<Transport['send']>[0]): Promise<void> {
    if (stopped) return;
    tally.requests++;
    try {
      const stored = (await api.send(request)) as Stored;
      if (!keys.some((one) => hasKey(stored, one))) tally.keyless.push(what);
    } catch (error) {
      tally.failures.push(`${new Date().toISOString()} ${what}: ${(error as Error).message}`);
    }
  }

  async function work(client: number): Promise<void> {
    for (let round = 0; !stopped; round++) {
      const name = `run-${run}-client-${client}-${round}`;
      const body = (revision: number) => ({
        metadata: { name },
        data: { 'core-site.xml': plainFile.replace('warehouse', `warehouse-${revision}`) },
      });
      await write(`create ${name}`, { method: 'POST', path, body: body(0) });
      for (let revision = 1; revision <= 3; revision++) {
        await write(`update ${name}`, { method: 'PUT', path: `${path}/${name}`, body: body(revision) });
      }
      const contentType = 'application/merge-patch+json';
      const label = { metadata: { labels: { round: `${round}` } } };
      await write(`label ${name}`, { method: 'PATCH', path: `${path}/${name}`, contentType, body: label });
    }
  }

  const working = Array.from({ length: clients }, (_, client) => work(client));
  return {
    tally,
    async stop() {
      stopped = true;
      await Promise.all(working);
    },
  };
}

function hasKey({ data }: Stored, key: string): boolean {
  const { algorithm, key: effective } = effectiveEncryption(data?.['core-site.xml'] ?? '');
  return algorithm === 'SSE-KMS' && effective === key;
}

/** The names of the namespace's ConfigMaps that are stored without the key, and how many there are, asked of the API server. */
export async function findKeyless(api: Transport, namespace: string, key: string) {
  const { items } = (await api.send({ path: `/api/v1/namespaces/${namespace}/configmaps` })) as { items: Stored[] };
  const ours = items.filter(({ data }) => data?.['core-site.xml'] !== undefined);
  return {
    total: ours.length,
    keyless: ours.filter((stored) => !hasKey(stored, key)).map(({ metadata }) => metadata.name),
  };
}
