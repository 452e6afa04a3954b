/**
 * `npm run build`: src and what it uses of its dependencies as one file, dist/sse-kms.mjs, which is all that the image
 * holds beside Node.
 */
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { kubeConfigAlone } from './left-out.ts';

const root = join(import.meta.dirname, '..');
/** Another folder than dist may be named: `node .config/build.ts FOLDER`. */
const folder = resolve(root, process.argv[2] ?? 'dist');
rmSync(folder, { recursive: true, force: true });

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
