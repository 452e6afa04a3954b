/**
 * `npm run test:oldest`: the suites that meet an API server, on the lowest version of Kubernetes that the chart says it installs in.
 *
 * npm run test:oldest [-- PATH… | vitest's options]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { ensureOldestApiServer } from '../controlplane/binaries.ts';

const suites = ['test/api/crd', 'test/chart/', 'test/apiserver/apply', 'test/apiserver/repair'];

const apiServer = await ensureOldestApiServer();
console.log(`on ${apiServer}`);
const [, , ...words] = process.argv;
const args = [join(import.meta.dirname, 'test.ts'), ...(words.length > 0 ? words : suites)];
const child = spawn(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, KUBEBUILDER_ASSETS: dirname(apiServer) },
});
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
