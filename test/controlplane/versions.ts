/**
 * What the control plane and the monitoring are made of, in which version, and where each is kept.
 */
import { join } from 'node:path';
import { cacheFolder } from '../run/cache-folder.mjs';

export type BinaryName = 'kube-apiserver' | 'etcd' | 'kubectl' | 'helm';
export type ProgramName = BinaryName | 'kube-node' | 'kustomize' | 'prometheus' | 'promtool';

/** What is fetched or built together: one official archive, one folder in the cache. */
export interface Bundle {
  readonly title: string;
  readonly folder: string;
  readonly binaries: readonly ProgramName[];
}

/** The go.mod files beside this one pin the same versions. */
export const kubernetesVersion = '1.37.2';
/** The lowest that the chart says it installs in; `npm run test:oldest` runs on it. */
export const oldestKubernetesVersion = '1.30.14';
export const etcdVersion = '3.6.16';
export const helmVersion = '4.3.1';
export const kustomizeVersion = '5.8.1';
/** As a Go module its version is 0.316.0. */
export const prometheusVersion = '3.16.0';

const goArchitectures: Partial<Record<string, string>> = { x64: 'amd64', ppc64: 'ppc64le' };

/** The names that Go's world gives this machine's system and processor. */
export const goPlatform = {
  os: process.platform as string,
  arch: goArchitectures[process.arch] ?? process.arch,
};

const platform = `${goPlatform.os}-${goPlatform.arch}`;

export const kubernetes: Bundle = {
  title: `kube-apiserver, kubectl ${kubernetesVersion} and etcd ${etcdVersion}`,
  folder: join(cacheFolder(), 'bin', `kubernetes-${kubernetesVersion}-etcd-${etcdVersion}-${platform}`),
  binaries: ['kube-apiserver', 'kubectl', 'etcd'],
};

export const oldestKubernetes: Bundle = {
  title: `kube-apiserver ${oldestKubernetesVersion}`,
  folder: join(cacheFolder(), 'bin', `kube-apiserver-${oldestKubernetesVersion}-${platform}`),
  binaries: ['kube-apiserver'],
};

export const helm: Bundle = {
  title: `helm ${helmVersion}`,
  folder: join(cacheFolder(), 'bin', `helm-${helmVersion}-${platform}`),
  binaries: ['helm'],
};

export const prometheus: Bundle = {
  title: `prometheus and promtool ${prometheusVersion}`,
  folder: join(cacheFolder(), 'bin', `prometheus-${prometheusVersion}-${platform}`),
  binaries: ['prometheus', 'promtool'],
};

/** What a node runs besides, for test/cluster alone. Always built: no archive holds it. */
export const kubeNode: Bundle = {
  title: `the controller manager, scheduler, kubelet and kube-proxy ${kubernetesVersion}`,
  folder: join(cacheFolder(), 'bin', `kube-node-${kubernetesVersion}-${platform}`),
  binaries: ['kube-node'],
};

/** For the command line's suite alone. Always built, in a minute: kubectl's own kustomize runs no functions. */
export const kustomize: Bundle = {
  title: `kustomize ${kustomizeVersion}`,
  folder: join(cacheFolder(), 'bin', `kustomize-${kustomizeVersion}-${platform}`),
  binaries: ['kustomize'],
};
