/**
 * Finds the API server and the credentials for it.
 */
import { KubeConfig } from '@kubernetes/client-node';

/** Where the connection is described: by the pod's ServiceAccount, or in files, of which the first to name a thing wins. */
export type KubeConfigSource =
  | { readonly kind: 'inCluster' }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

/** @throws Error that says which file is the matter and what to do. */
export function loadKubeConfig(source: KubeConfigSource): KubeConfig {
  const loaded = new KubeConfig();
  if (source.kind === 'inCluster') {
    loaded.loadFromCluster();
    return loaded;
  }
  for (const [i, path] of source.paths.entries()) {
    try {
      const read = new KubeConfig();
      read.loadFromFile(path);
      if (i === 0) Object.assign(loaded, read);
      else loaded.mergeConfig(read, true);
    } catch (error) {
      throw new Error(`cannot read the kubeconfig ${path}: give one that can be read with --kubeconfig`, {
        cause: error,
      });
    }
  }
  if (loaded.getCurrentCluster() === null) {
    const files = source.paths.join(', ');
    throw new Error(`the kubeconfig ${files} has no current context: choose one with 'kubectl config use-context'`);
  }
  return loaded;
}
