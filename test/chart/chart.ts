/**
 * The chart in a test's control plane: installed without pods, and reached at a port of this machine.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { CommandFailed } from '../controlplane/command.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';

export const root = join(import.meta.dirname, '..', '..');
export const chart = join(root, 'charts', 'sse-kms-operator');
/** Also the full name of every object: the release is called like the chart. */
export const release = 'sse-kms-operator';
export const namespace = 'sse-kms-system';

/** What `helm test` makes is called so: by the release alone, and like nothing that anybody else would make. */
export const selfTest = `ssekms-self-test-${hash('sha256', `${namespace}/${release}`).slice(0, 8)}`;

// biome-ignore lint/suspicious/noExplicitAny: objects as the API server has them, which a test looks into
export type KubernetesObject = any;

/** Flags for values such as `webhook.failurePolicy=Ignore`. */
export function set(...values: string[]): string[] {
  return values.flatMap((value) => ['--set', value]);
}

export async function install(cluster: ControlPlane, ...args: string[]): Promise<void> {
  await cluster.helm(['install', release, chart, '--namespace', namespace, '--create-namespace', ...args]);
}

/** With these values alone: none of an earlier revision's are reused. */
export async function upgrade(cluster: ControlPlane, ...args: string[]): Promise<void> {
  await cluster.helm(['upgrade', release, chart, '--namespace', namespace, '--reset-values', ...args]);
}

/**
 * Lets the API server dial localhost at the webhook's service port, instead of the address of a Service that has no pods.
 */
export async function redirectService(cluster: ControlPlane): Promise<void> {
  const spec = { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null };
  await cluster.kubectl(['patch', 'service', release, '-n', namespace, '--type=merge', '-p', JSON.stringify({ spec })]);
}

/** Writes the caBundle of both configurations as the operator does: by JSON Patch, as a field manager of its own. */
export async function writeCaBundle(cluster: ControlPlane, caBundle: string): Promise<void> {
  for (const [kind, entry] of webhooks) {
    const patch = [
      { op: 'test', path: '/webhooks/0/name', value: entry },
      { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle },
    ];
    const args = ['patch', kind, release, '--type=json', '--field-manager=sse-kms-operator'];
    await cluster.kubectl([...args, '-p', JSON.stringify(patch)]);
  }
}

/** Both configurations' one entry. */
export async function readEntries(cluster: ControlPlane): Promise<KubernetesObject[]> {
  const configurations = await Promise.all(webhooks.map(([kind]) => read(cluster, kind, release)));
  return configurations.flatMap(({ webhooks: entries }) => entries);
}

const webhooks = [
  ['mutatingwebhookconfiguration', 'mutate.ssekms.io'],
  ['validatingwebhookconfiguration', 'validate.ssekms.io'],
] as const;

export async function read(cluster: ControlPlane, kind: string, name: string, ...args: string[]) {
  const { stdout } = await cluster.kubectl(['get', kind, name, '-o', 'json', ...args]);
  return JSON.parse(stdout) as KubernetesObject;
}

export function apply(cluster: ControlPlane, manifest: object, ...args: string[]) {
  return cluster.kubectl(['apply', '-f', '-', ...args], { stdin: JSON.stringify(manifest) });
}

/** What kubectl or helm said when it failed; undefined where it did not. */
export async function refusal(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailed) return error.stderr;
    throw error;
  }
}

export function configMap(name: string, inNamespace: string, content: object) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: inNamespace }, ...content };
}
