/**
 * What the bundles leave out of the packages they hold, since nothing here uses it.
 */
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Of client-node only the kubeconfig and its credentials are used: src/cluster/transport.ts makes the requests. Its generated
 * API and undici, through which it would make its own, would be a third of the operator's memory.
 */
export const kubeConfigAlone: Plugin = {
  name: 'kube-config-alone',
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, async ({ path, pluginData, importer, kind, resolveDir }) => {
      if (pluginData === 'found') return undefined;
      const index = await find(path, { importer, kind, resolveDir, pluginData: 'found' });
      return { path: join(dirname(index.path), 'config.js') };
    });
    onResolve({ filter: /^(undici|\.\/gen\/index\.js)$/ }, ({ path, importer }) =>
      /[/\\]client-node[/\\]dist[/\\]config\.js$/.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    const names = ['Agent', 'ProxyAgent', 'ServerConfiguration', 'createConfiguration'];
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: names
        .map((name) => `export function ${name}() { throw new Error('${path} is not part of the bundle'); }`)
        .join('\n'),
    }));
  },
};

/** zod's messages in English alone: those in fifty other languages are half of it. */
export const englishAlone: Plugin = {
  name: 'english-alone',
  setup({ onResolve }) {
    onResolve({ filter: /[/]locales[/]index\.(c?js)$/ }, ({ path, importer, resolveDir }) =>
      /[/\\]zod[/\\]v4[/\\]/.test(importer) ? { path: join(resolveDir, path, '..', 'en.js') } : undefined,
    );
  },
};
