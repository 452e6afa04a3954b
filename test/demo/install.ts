/**
 * The steps that build the stage: a control plane, the chart, the operator.
 */
import { type ControlPlane, startControlPlane } from '../controlplane/control-plane.ts';
import { sayOnStderr } from '../controlplane/progress.ts';
import { kubernetesVersion } from '../controlplane/versions.ts';
import {
  type Installed,
  installChart,
  operatorNamespace,
  type Product,
  release,
  startProduct,
} from '../product/install.ts';
import type { Show } from './show.ts';
import type { Stage } from './stage.ts';

export async function showControlPlane(show: Show, signal: AbortSignal): Promise<ControlPlane> {
  show.heading(
    'A real API server',
    `kube-apiserver and etcd, on free ports of this machine's loopback interface;
no nodes, no Docker. Programs that are missing are fetched, or built from
source (some ten minutes, once).`,
  );
  const started = performance.now();
  const cluster = await startControlPlane({ say: sayOnStderr, signal });
  const { urls, pids } = cluster;
  show.say(`kube-apiserver  ${urls.apiServer}  process ${pids.apiServer}`);
  show.say(`etcd            ${urls.etcd}  process ${pids.etcd}`);
  const version = JSON.parse((await cluster.kubectl(['get', '--raw', '/version'])).stdout).gitVersion;
  show.promise(
    `Kubernetes ${version} answers, ${seconds(started)} later`,
    version === `v${kubernetesVersion}`,
    version,
  );
  const isLoopback = (url: string) => new URL(url).hostname === '127.0.0.1';
  show.promise('only this machine can reach it', Object.values(urls).every(isLoopback), urls);
  return cluster;
}

export async function showInstallation(show: Show, stage: Stage, cluster: ControlPlane): Promise<Installed> {
  show.heading(
    'helm install',
    `The chart as anybody would install it: the definition of KmsKeyAssignment,
webhooks, rights, a Deployment. There is no node to run a pod, so the operator
will be a process on this machine, and the chart's Service is made to lead here.`,
  );
  const installed = await installChart({
    helm: async (args) => ({ stdout: await stage.helm(...args, '--hide-notes'), stderr: '' }),
    kubectl: async (args) => ({ stdout: await stage.kubectl(...args), stderr: '' }),
  });
  const { stdout } = await cluster.helm(['status', release, '--namespace', operatorNamespace, '--output', 'json']);
  const { status } = JSON.parse(stdout).info;
  show.promise('the release is deployed', status === 'deployed', status);
  await stage.kubectl('get', 'customresourcedefinitions,mutatingwebhookconfigurations,validatingwebhookconfigurations');
  const definition = await stage.get('customresourcedefinition', 'kmskeyassignments.ssekms.io');
  show.promise('the API server knows KmsKeyAssignment', definition !== undefined);
  return installed;
}

export async function showOperator(
  show: Show,
  stage: Stage,
  cluster: ControlPlane,
  installed: Installed,
): Promise<Product> {
  show.heading(
    'The operator',
    `From its real entry point, with the arguments of the chart's Deployment and
the rights of its ServiceAccount.`,
  );
  const started = performance.now();
  const product = await startProduct(cluster, installed);
  const { command, pid, logFile } = product.operator();
  show.command(['node', ...command.slice(1)]);
  show.say(`process ${pid}, log in ${logFile}`);
  show.promise(`/readyz says that it is ready, ${seconds(started)} later`, product.operator().alive());
  const configurations = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];
  const found = await Promise.all(configurations.map((kind) => stage.get(kind, release)));
  const webhooks = found.flatMap((configuration) => configuration?.webhooks ?? [{}]);
  show.promise(
    'the API server has its certificate authority, for both webhooks',
    webhooks.every(hasAuthority),
    webhooks,
  );
  return product;
}

function hasAuthority({ clientConfig }: { clientConfig?: { caBundle?: string } }): boolean {
  return Buffer.from(clientConfig?.caBundle ?? '', 'base64')
    .toString()
    .startsWith('-----BEGIN CERTIFICATE-----');
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
