/**
 * Kyverno as a rival: its admission controller as a process beside the API server, with one MutatingPolicy.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { freePorts } from '../product/install.ts';
import type { PartOptions } from './part.ts';

const namespace = 'kyverno';
const configMaps = { INIT_CONFIG: 'kyverno', METRICS_CONFIG: 'kyverno-metrics' } as const;

/** Returns what ends it. @throws Error with the end of its log where it isn't ready within a minute */
export async function startKyverno(
  cluster: ControlPlane,
  { program, definitions }: NonNullable<PartOptions['kyverno']>,
): Promise<() => Promise<void>> {
  await cluster.kubectl(['create', '--recursive', '--filename', definitions]);
  await cluster.kubectl(['create', 'namespace', namespace]);
  for (const name of Object.values(configMaps)) {
    await cluster.kubectl(['create', 'configmap', name, '--namespace', namespace]);
  }
  const [port] = (await freePorts(1)) as [number];
  const logFile = join(cluster.folder, 'kyverno.log');
  const output = openSync(logFile, 'a');
  const child = spawn(
    program,
    [
      `--kubeconfig=${cluster.kubeconfigPath}`,
      `--serverIP=127.0.0.1:${port}`,
      `--webhookServerPort=${port}`,
      '--caSecretName=kyverno-ca',
      '--tlsSecretName=kyverno-tls',
      '--disableMetrics=true',
    ],
    {
      stdio: ['ignore', output, output],
      env: {
        ...process.env,
        ...configMaps,
        KYVERNO_NAMESPACE: namespace,
        KYVERNO_SERVICEACCOUNT_NAME: 'kyverno',
        KYVERNO_DEPLOYMENT: 'kyverno',
        KYVERNO_SVC: 'kyverno-svc',
        KYVERNO_POD_NAME: 'kyverno-0',
      },
    },
  );
  closeSync(output);
  // Where the program can't be started at all, Node tells it by an `error`, and there is no exit.
  const ended = once(child, 'exit').catch((error: Error) => error);
  const over = new AbortController();
  void ended.then(() => over.abort(new Error('it has ended')));
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const stop = async () => {
    child.kill();
    await ended;
    process.off('exit', onExit);
  };
  try {
    await eventually(
      async () => (await cluster.kubectl(['get', 'mutatingwebhookconfigurations', '--output', 'name'])).stdout,
      (names) => names.includes('kyverno-policy-mutating'),
      over.signal,
      60_000,
    );
    return stop;
  } catch (error) {
    await stop();
    throw new Error(`Kyverno is not ready; the end of its log:\n${readFileSync(logFile, 'utf8').slice(-4000)}`, {
      cause: error,
    });
  }
}

/** Changes the ConfigMaps that are created in a namespace by a CEL expression of JSON Patches. */
export function kyvernoPolicy(target: string, expression: string): object {
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'MutatingPolicy',
    metadata: { name: 'bench' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': target } },
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
      },
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
    },
  };
}
