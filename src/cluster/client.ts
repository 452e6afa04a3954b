/**
 * Finds the API server and the credentials for it.
 */
import { KubeConfig } from '@kubernetes/client-node';

/** Where the connection comes from: the pod's ServiceAccount, or kubeconfig files; an entry in an earlier file wins. */
export type KubeConfigSource =
  | { readonly kind: 'inCluster' }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

/**
 * @param context the one to use in place of the files' current one; the caller looks whether there is one of this name
 * @throws Error that says which file can't be used and what to do.
 */
export function loadKubeConfig(source: KubeConfigSource, context?: string): KubeConfig {
  const loaded = new KubeConfig();
  if (source.kind === 'inCluster') {
    loaded.loadFromCluster();
    return loaded;
  }
  for (const path of source.paths) {
    try {
      const read = new KubeConfig();
      read.loadFromFile(path);
      merge(loaded, read);
    } catch (error) {
      throw new Error(`cannot read the kubeconfig ${path}: give one that can be read with --kubeconfig`, {
        cause: error,
      });
    }
  }
  if (context !== undefined) loaded.setCurrentContext(context);
  else if (loaded.getCurrentCluster() === null) {
    const files = source.paths.join(', ');
    throw new Error(`the kubeconfig ${files} has no current context: choose one with 'kubectl config use-context'`);
  }
  return loaded;
}

/** Merges as kubectl does. client-node's own merge refuses files with entries of the same name. */
function merge(into: KubeConfig, { clusters, users, contexts, currentContext }: KubeConfig): void {
  into.clusters = addMissing(into.clusters, clusters);
  into.users = addMissing(into.users, users);
  into.contexts = addMissing(into.contexts, contexts);
  into.currentContext ||= currentContext;
}

function addMissing<T extends { readonly name: string }>(to: readonly T[], more: readonly T[]): T[] {
  return [...to, ...more.filter(({ name }) => !to.some((known) => known.name === name))];
}
