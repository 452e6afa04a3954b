/**
 * The cluster that a command asks, found as kubectl finds it: `--kubeconfig`, `KUBECONFIG`, `~/.kube/config`, else the pod's own ServiceAccount.
 */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type KubeConfigSource, loadKubeConfig } from '../cluster/client.ts';
import { buildTransport, type Transport } from '../cluster/transport.ts';
import type { Io, OptionValues } from './command.ts';
import { Failure } from './errors.ts';
import type { liveOptions } from './shared-options.ts';

/**
 * The transport for the chosen context. Import this file lazily: it brings the whole client.
 * @throws Failure that says which file or context can't be used
 */
export function connect(values: OptionValues<typeof liveOptions>, io: Io): Transport {
  return buildTransport(chooseCluster(values, io), { userAgent: 'sse-kms' });
}

/** The kubeconfig with the chosen context as its current one. Throws as `connect` does. */
export function chooseCluster(values: OptionValues<typeof liveOptions>, io: Io): ReturnType<typeof load> {
  const { context } = values;
  const kubeConfig = load(findKubeConfig(values.kubeconfig, io), context);
  if (context === undefined) return kubeConfig;
  if (kubeConfig.getContextObject(context) === null) {
    const names = kubeConfig.getContexts().map(({ name }) => name);
    throw new Failure(`the kubeconfig has no context '${context}': choose one of ${names.join(', ')} with --context`);
  }
  if (kubeConfig.getCurrentCluster() === null) {
    throw new Failure(
      `the context '${context}' names a cluster that the kubeconfig doesn't have: mend it, or choose another`,
    );
  }
  return kubeConfig;
}

function load(source: KubeConfigSource, context: string | undefined) {
  try {
    return loadKubeConfig(source, context);
  } catch (error) {
    throw new Failure(withCause(error), { cause: error });
  }
}

/** What failed, and the first line of why: what the connection or the file system said. */
export function withCause(error: unknown): string {
  const { message, cause } = error as Error;
  const [why = ''] = cause instanceof Error ? cause.message.split('\n') : [];
  return why === '' || message.includes(why) ? message : `${message}: ${why}`;
}

function findKubeConfig(given: string | undefined, { env, cwd }: Io): KubeConfigSource {
  if (given !== undefined) return { kind: 'files', paths: [resolve(cwd, given)] };
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return { kind: 'files', paths: listed.map((path) => resolve(cwd, path)) };
  const usual = join(env.HOME ?? env.USERPROFILE ?? '', '.kube', 'config');
  if (existsSync(usual)) return { kind: 'files', paths: [usual] };
  if (env.KUBERNETES_SERVICE_HOST) return { kind: 'inCluster' };
  throw new Failure(`there is no kubeconfig at ${usual}: name one with --kubeconfig or KUBECONFIG`);
}
