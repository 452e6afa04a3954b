/**
 * Writes what the node's programs read: certificates, tokens, kubeconfigs, and each program's settings. What differs from a common node's settings says
 * why: the node is a guest on a machine that isn't its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { issueServerCertificate, newSigningKey } from './certificates.ts';
import {
  apiServerServiceAddress,
  apiServerUrl,
  type NodePlan,
  nodeAddress,
  paths,
  podRange,
  type User,
  users,
} from './layout.ts';

export async function writeSettings(plan: NodePlan): Promise<void> {
  const at = paths(plan.folder);
  const certificate = await issueServerCertificate(
    ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    [nodeAddress, apiServerServiceAddress, '127.0.0.1'],
  );
  await write(at.caCertificate, certificate.ca);
  await write(at.serverCertificate, certificate.certificate);
  await write(at.serverKey, certificate.key);
  await write(at.serviceAccountKey, newSigningKey());
  const tokens: string[] = [];
  for (const [name, { user, groups }] of Object.entries(users)) {
    const token = randomBytes(16).toString('hex');
    tokens.push(`${token},${user},${name},"${groups.join(',')}"`);
    await write(at.kubeconfig(name as User), kubeconfig(certificate.ca, token));
  }
  await write(at.tokens, `${tokens.join('\n')}\n`);
  await write(at.containerd, containerd(plan));
  await write(`${at.cni}/pods.conflist`, JSON.stringify(cni));
  await write(at.kubelet, JSON.stringify(kubelet(plan)));
  await write(at.kubeProxy, JSON.stringify(kubeProxy(plan)));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600 });
}

function kubeconfig(ca: string, token: string): string {
  const cluster = { server: apiServerUrl, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}

/** Version 2 is read by containerd 1.6 and by 2.x. */
function containerd(plan: NodePlan): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
# Not below its parent's, which takes a capability that not every machine gives to root.
oom_score = 0
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${plan.pauseImage}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${plan.cniPlugins}"
    conf_dir = "${paths(plan.folder).cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/** Each pod has a link of its own to the node, so all traffic between pods is routed, and passes kube-proxy's rules. */
const cni = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        dataDir: '/run/cni',
        ranges: [[{ subnet: podRange }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
};

function kubelet({ cgroup }: NodePlan) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: nodeAddress,
    // Whoever is in this network may ask: the tests alone are.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    enforceNodeAllocatable: [],
    makeIPTablesUtilChains: false,
    resolvConf: '',
    volumePluginDir: '/var/lib/kubelet/plugins',
    // The disk is the machine's: how full it is says nothing about this node.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    // How soon a change to a ConfigMap reaches the pods that mount it.
    syncFrequency: '5s',
  };
}

function kubeProxy({ folder }: NodePlan) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: paths(folder).kubeconfig('kube-proxy') },
    hostnameOverride: 'node',
    mode: 'nftables',
    clusterCIDR: podRange,
    // What these set is the whole machine's.
    conntrack: { maxPerCore: 0, min: 0 },
    // Default is one second: a webhook that is called right after its pod is ready would be refused.
    nftables: { minSyncPeriod: '100ms', syncPeriod: '30s' },
    metricsBindAddress: '127.0.0.1:10249',
    healthzBindAddress: '127.0.0.1:10256',
  };
}
