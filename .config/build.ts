/**
 * `npm run build`: src and what it uses of its dependencies as one file, dist/sse-kms.mjs, and a second one with AWS's SDK,
 * which the first loads only where keys are verified. Beside Node the image holds nothing else.
 */
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
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

/** A file of its own: in the first one it would cost each start its reading, and memory. */
const keysApart: Plugin = {
  name: 'keys-apart',
  setup({ onResolve }) {
    onResolve({ filter: /[/]kms[/]describe-key\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './describe-key.mjs', external: true } : undefined,
    );
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  // Dependencies in CommonJS call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
  logLevel: 'info',
} as const satisfies BuildOptions;

await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  outfile: join(folder, 'sse-kms.mjs'),
  plugins: [kubeConfigAlone, keysApart, noMapsOfDependencies],
});
await build({
  ...shared,
  entryPoints: ['src/kms/describe-key.ts'],
  outfile: join(folder, 'describe-key.mjs'),
  plugins: [noMapsOfDependencies],
});
