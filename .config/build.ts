/**
 * `npm run build`: src and what it uses of its dependencies as one file, dist/sse-kms.mjs, which is all that the image
 * holds beside Node.
 */
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Another folder than dist may be named: `node .config/build.ts FOLDER`. */
const folder = resolve(root, process.argv[2] ?? 'dist');
rmSync(folder, { recursive: true, force: true });

/**
 * Of client-node only the kubeconfig and its credentials are used: src/cluster/transport.ts makes the requests. Its generated
 * API and undici, through which it would make its own, would be a third of the operator's memory.
 */
const kubeConfigAlone: Plugin = {
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

/**
 * Node reads a whole source map into memory, and keeps it, as soon as the first error's stack is logged. So only our own
 * files are mapped: with all others it would be 80 MB. Of those a stack shows file and function.
 */
const noMapsOfDependencies: Plugin = {
  name: 'no-maps-of-dependencies',
  setup({ onLoad }) {
    const map = Buffer.from(JSON.stringify({ version: 3, sources: [''], mappings: 'AAAA' })).toString('base64');
    const mapped = /^\/\/# sourceMappingURL=.*$/gm;
    onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, async ({ path }) => {
      const code = (await readFile(path, 'utf8')).replace(mapped, '');
      return { contents: `${code}\n//# sourceMappingURL=data:application/json;base64,${map}` };
    });
  },
};

await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: join(folder, 'sse-kms.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  plugins: [kubeConfigAlone, noMapsOfDependencies],
  // Dependencies in CommonJS call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
  logLevel: 'info',
});
