/**
 * `npm run build`: src and its dependencies as one file, dist/sse-kms.mjs, which is all that the image holds beside Node.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync(`${import.meta.dirname}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/sse-kms.mjs',
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
