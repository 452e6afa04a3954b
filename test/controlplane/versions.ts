/**
 * What the control plane and the monitoring are made of, in which version, and where each is kept.
 */
import { join } from 'node:path';
import { cacheFolder } from '../run/cache-folder.mjs';

export type BinaryName = 'kube-apiserver' | 'etcd' | 'kubectl' | 'helm';
export type LinterName = 'kube-score' | 'kubeconform' | 'actionlint';
export type StatusReaderName = 'kstatus' | 'argo-health';
export type PartnerName = 'flux-kustomize' | 'flux-helm' | 'cert-manager' | 'argo-cd';
export type ProgramName =
  | BinaryName
  | 'kube-node'
  | 'kustomize'
  | 'prometheus'
  | 'promtool'
  | LinterName
  | StatusReaderName
  | PartnerName;

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

/** Of the chart and the workflows. Always built: each has an archive of its own, and together they take a minute. */
export const linters: Bundle = {
  title: 'kube-score 1.20.0, kubeconform 0.8.0 and actionlint 1.7.12',
  folder: join(cacheFolder(), 'bin', `linters-1.20.0-0.8.0-1.7.12-${platform}`),
  binaries: ['kube-score', 'kubeconform', 'actionlint'],
};

/** What Flux and Argo CD make of a status: programs of our own around their packages, go/status-readers. Always built. */
export const statusReaders: Bundle = {
  title: "kstatus and Argo CD's Lua",
  folder: join(cacheFolder(), 'bin', `status-readers-1.3.0-1.1.2-${platform}`),
  binaries: ['kstatus', 'argo-health'],
};

/** What test/partners runs beside the product. Always built: only images are released. Each has its definitions beside it. */
export const partners: readonly Bundle[] = [
  toPartner('flux-kustomize', "Flux' kustomize-controller", '1.9.6'),
  toPartner('flux-helm', "Flux' helm-controller", '1.6.3'),
  toPartner('cert-manager', "cert-manager's controller, cainjector and webhook", '1.21.2'),
  toPartner('argo-cd', "Argo CD's application controller and repo server", '3.2.5'),
];

function toPartner(name: PartnerName, title: string, version: string): Bundle {
  const folder = join(cacheFolder(), 'bin', `${name}-${version}-${platform}`);
  return { title: `${title} ${version}`, folder, binaries: [name] };
}

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
