/**
 * The whole product on a control plane without nodes: installed by Helm, with the operator as a process beside it.
 *
 * The API server reaches that process through the chart's own Service, made one of `type: ExternalName` for localhost: it
 * dials localhost at the port of the webhook's clientConfig, and verifies the certificate for SERVICE.NAMESPACE.svc.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { imageFlags, imageVariables } from './image-flags.ts';
import { type OperatorProcess, startOperator } from './operator-process.ts';

export const chart = join(import.meta.dirname, '..', '..', 'charts', 'sse-kms-operator');
export const release = 'sse-kms-operator';
export const operatorNamespace = 'sse-kms-system';

export interface Product {
  /** What Helm was given besides the caller's own values; an upgrade needs them again. */
  readonly values: readonly string[];
  /** The operator that runs now. */
  operator(): OperatorProcess;
  /** Starts the operator again after `operator().end()`. */
  restart(): Promise<void>;
  /** Ends the operator; the control plane stays. */
  stop(): Promise<void>;
}

/** The chart as Helm has installed it; no operator runs yet. */
export interface Installed {
  readonly values: readonly string[];
  readonly probePort: number;
}

/** Runs kubectl and helm: the control plane's own, or a wrapper that shows what they do. */
export type Tools = Pick<ControlPlane, 'kubectl' | 'helm'>;

/** Installs the chart with `--set` values such as `webhook.failurePolicy=Ignore`; returns when the operator is ready. */
export async function installProduct(cluster: ControlPlane, values: readonly string[] = []): Promise<Product> {
  return startProduct(cluster, await installChart(cluster, values));
}

/** `helm install`, and a Service that leads to this machine. @throws CommandFailed */
export async function installChart(tools: Tools, values: readonly string[] = []): Promise<Installed> {
  const [port, probePort] = (await freePorts(2)) as [number, number];
  // Suites run side by side on this machine: the one that wants metrics gives them a port.
  const quiet = 'metrics.enabled=false';
  const own = [`webhook.port=${port}`, `webhook.servicePort=${port}`, `probes.port=${probePort}`, quiet];
  const sets = [...own, ...values].flatMap((value) => ['--set', value]);
  await tools.helm(['install', release, chart, '--namespace', operatorNamespace, '--create-namespace', ...sets]);
  await redirectService(tools);
  return { values: sets, probePort };
}

/** Starts the operator that the chart's Deployment describes; returns when it is ready. */
export async function startProduct(cluster: ControlPlane, { values, probePort }: Installed): Promise<Product> {
  const kubeconfig = await cluster.asServiceAccount(operatorNamespace, release);
  const args = await argumentsOfDeployment(cluster);
  const env = await environmentOf(cluster);
  const logFile = join(cluster.folder, 'operator.log');
  const start = (podName: string) =>
    startOperator({
      args,
      env: { ...imageVariables, ...env },
      nodeFlags: imageFlags,
      kubeconfig,
      podName,
      namespace: operatorNamespace,
      probePort,
      logFile,
    });
  let starts = 1;
  let operator = await start('operator-1');
  return {
    values,
    operator: () => operator,
    restart: async () => {
      starts++;
      operator = await start(`operator-${starts}`);
    },
    stop: async () => {
      await operator.end();
    },
  };
}

async function redirectService(tools: Tools): Promise<void> {
  const spec = { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null };
  const patch = JSON.stringify({ spec });
  await tools.kubectl([
    'patch',
    'service',
    release,
    '--namespace',
    operatorNamespace,
    '--type',
    'merge',
    '--patch',
    patch,
  ]);
}

/** What the chart's container is started with, but for how long it drains, which each test says itself. */
export async function argumentsOfDeployment(tools: Tools): Promise<string[]> {
  const { args } = await containerOf(tools);
  return args.filter((arg) => !arg.startsWith('--drain-seconds='));
}

/** The variables of the chart's container whose value the Deployment itself says. */
async function environmentOf(tools: Tools): Promise<Record<string, string>> {
  const { env } = await containerOf(tools);
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

async function containerOf(tools: Tools): Promise<Container> {
  const { stdout } = await tools.kubectl([
    ...['get', 'deployment', release, '--namespace', operatorNamespace, '--output', 'json'],
  ]);
  return JSON.parse(stdout).spec.template.spec.containers[0];
}

/** Ports that nothing listens on now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '::', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
