/**
 * `npm run build`: src and its dependencies as one file, dist/sse-kms.mjs, which is all that the image holds beside Node.
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Another folder than dist may be named: `node .config/build.ts FOLDER`. */
const folder = resolve(root, process.argv[2] ?? 'dist');
rmSync(folder, { recursive: true, force: true });
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
  // Dependencies in CommonJS call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
  logLevel: 'info',
});
