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

/** Whoever began something ends it: so beginning is apart from looking at what came of it, which may fail. */
export async function beginControlPlane(show: Show, signal: AbortSignal): Promise<ControlPlane> {
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
  show.say(`up in ${seconds(started)}`);
  return cluster;
}

export async function checkControlPlane({ kubectl, promise }: Stage, { urls }: ControlPlane): Promise<void> {
  const said = await kubectl('version');
  promise('the API server answers', said.includes(`Server Version: v${kubernetesVersion}`), said);
  const isLoopback = (url: string) => new URL(url).hostname === '127.0.0.1';
  promise('only this machine can reach it', Object.values(urls).every(isLoopback), urls);
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

export async function beginOperator(show: Show, cluster: ControlPlane, installed: Installed): Promise<Product> {
  show.heading(
    'The operator',
    `From its real entry point, with the arguments of the chart's Deployment and
the rights of its ServiceAccount.`,
  );
  const started = performance.now();
  const product = await startProduct(cluster, installed);
  const { command, pid, logFile } = product.operator();
  show.command(['node', ...command.slice(1)]);
  show.say(`process ${pid}, ready in ${seconds(started)}, log in ${logFile}`);
  return product;
}

export async function checkOperator({ get, promise }: Stage, product: Product): Promise<void> {
  const { alive, log } = product.operator();
  promise('the operator runs, and /readyz says that it is ready', alive(), log());
  const kinds = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];
  const found = await Promise.all(kinds.map((kind) => get(kind, release)));
  const trusted = found.every(
    (configuration) => configuration?.webhooks.length > 0 && configuration.webhooks.every(hasAuthority),
  );
  promise('the API server has its certificate authority, for both webhooks', trusted, found);
}

function hasAuthority({ clientConfig }: { clientConfig: { caBundle?: string } }): boolean {
  return Buffer.from(clientConfig.caBundle ?? '', 'base64')
    .toString()
    .startsWith('-----BEGIN CERTIFICATE-----');
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
