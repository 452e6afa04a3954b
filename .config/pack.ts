/**
 * `npm run pack`: the npm package of the command line, dist/npm/sse-kms-VERSION.tgz, with the folder it was made of and its manifest for krew.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import { englishAlone, kubeConfigAlone } from './left-out.ts';

const root = join(import.meta.dirname, '..');
const templates = join(import.meta.dirname, 'npm');
/** Another folder than dist/npm may be named: `node .config/pack.ts FOLDER`. */
const folder = resolve(root, process.argv[2] ?? 'dist/npm');
const contents = join(folder, 'package');
rmSync(folder, { recursive: true, force: true });
mkdirSync(contents, { recursive: true });

const { version, engines } = packageJson;
const bundle = join(contents, 'sse-kms.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['src/main-cli.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // Start-up is reading this file: in CommonJS Node's own modules are loaded only where they are used, in ASCII a character is a byte.
  format: 'cjs',
  charset: 'ascii',
  minify: true,
  // Names of functions stand in the stack that a bug prints.
  keepNames: false,
  legalComments: 'none',
  plugins: [kubeConfigAlone, englishAlone],
  logLevel: 'warning',
});
chmodSync(bundle, 0o755);

const description = JSON.parse(readFileSync(join(templates, 'package.json'), 'utf8'));
writeFileSync(
  join(contents, 'package.json'),
  `${JSON.stringify({ ...description, version, engines }, undefined, 2)}\n`,
);
copyFileSync(join(root, 'LICENSE'), join(contents, 'LICENSE'));
copyFileSync(join(templates, 'README.md'), join(contents, 'README.md'));
fill('plugin.yaml', contents, { VERSION: version });

const npm = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
const archive = execFileSync('npm', npm, { cwd: contents, encoding: 'utf8' }).trim();
const sha256 = createHash('sha256')
  .update(readFileSync(join(folder, archive)))
  .digest('hex');
fill('krew.yaml', folder, { VERSION: version, SHA256: sha256 });
console.log(join(folder, archive));

function fill(name: string, into: string, values: Readonly<Record<string, string>>): void {
  const text = readFileSync(join(templates, name), 'utf8');
  writeFileSync(
    join(into, name),
    text.replace(/VERSION|SHA256/g, (word) => values[word] ?? word),
  );
}
