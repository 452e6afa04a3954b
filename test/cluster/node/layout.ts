/**
 * Where things are on the node: addresses that exist in its own network alone, and paths in the folder that goes with it.
 */
import { join } from 'node:path';

export const nodeName = 'node';
export const nodeAddress = '192.168.250.1';
export const apiServerUrl = `https://${nodeAddress}:6443`;
export const serviceRange = '10.96.0.0/16';
/** The Service `kubernetes`: the first of the range. */
export const apiServerServiceAddress = '10.96.0.1';
export const podRange = '10.244.0.0/24';

/** What the node's processes are told, by the one who starts it. */
export interface NodePlan {
  readonly folder: string;
  /** Of the pods, in every hierarchy: a path below its root. */
  readonly cgroup: string;
  readonly programs: { readonly etcd: string; readonly apiServer: string; readonly node: string };
  /** Name of the image that holds each pod's namespaces. */
  readonly pauseImage: string;
  /** Where the distribution keeps the CNI plugins. */
  readonly cniPlugins: string;
}

export const users = {
  admin: { user: 'admin', groups: ['system:masters'] },
  'kube-controller-manager': { user: 'system:kube-controller-manager', groups: [] },
  'kube-scheduler': { user: 'system:kube-scheduler', groups: [] },
  'kube-proxy': { user: 'system:kube-proxy', groups: [] },
  kubelet: { user: `system:node:${nodeName}`, groups: ['system:nodes'] },
} as const;

export type User = keyof typeof users;

export function paths(folder: string) {
  const at = (...parts: string[]) => join(folder, ...parts);
  return {
    logs: at('logs'),
    lib: at('lib'),
    log: at('log'),
    caCertificate: at('pki', 'ca.crt'),
    serverCertificate: at('pki', 'server.crt'),
    serverKey: at('pki', 'server.key'),
    serviceAccountKey: at('pki', 'service-accounts.key'),
    tokens: at('pki', 'tokens.csv'),
    kubeconfig: (user: User) => at('kubeconfig', user),
    containerd: at('settings', 'containerd.toml'),
    kubelet: at('settings', 'kubelet.json'),
    kubeProxy: at('settings', 'kube-proxy.json'),
    cni: at('settings', 'cni'),
    sysctls: at('sysctls'),
  };
}
