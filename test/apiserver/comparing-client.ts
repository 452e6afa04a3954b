/**
 * An operator of somebody else's, which compares what is stored with what it wants, and writes its own text where they differ.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

export interface ComparingClientOptions {
  readonly kubeconfigPath: string;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  readonly fieldManager: string;
  readonly everyMs: number;
  /** The API server admits a dry run and stores nothing. */
  readonly dryRun?: boolean;
}

export interface ComparingClient {
  updates(): number;
  /** What requests failed with, which it sends again. */
  readonly failures: readonly string[];
  /** Resolves when the last request was answered. */
  stop(): Promise<void>;
}

export function startComparingClient(options: ComparingClientOptions): ComparingClient {
  const { kubeconfigPath, namespace, name, file, fieldManager, everyMs, dryRun = false } = options;
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  const api = config.makeApiClient(CoreV1Api);
  let stopped = false;
  let updates = 0;
  const failures: string[] = [];

  async function compare(): Promise<void> {
    const body = await api.readNamespacedConfigMap({ namespace, name });
    if (body.data?.['core-site.xml'] !== file) {
      body.data = { ...body.data, 'core-site.xml': file };
      const as = { fieldManager, ...(dryRun && { dryRun: 'All' }) };
      await api.replaceNamespacedConfigMap({ namespace, name, body, ...as });
      updates += 1;
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await compare().catch((error: Error) => failures.push(error.message));
      await sleep(everyMs);
    }
  }

  const running = run();
  return {
    updates: () => updates,
    failures,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
