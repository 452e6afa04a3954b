/**
 * The demo from its first step to the moment when nothing of it is left.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Product } from '../product/install.ts';
import { beginControlPlane, beginOperator, checkControlPlane, checkOperator, showInstallation } from './install.ts';
import { type Show, toShell } from './show.ts';
import { createStage, manifest, root } from './stage.ts';
import { runSteps } from './step.ts';
import { steps } from './steps.ts';

export interface DemoOptions {
  /** End after the last step. */
  readonly once: boolean;
  readonly signal: AbortSignal;
}

/**
 * True where every promise was kept. Without `once` it stays until the signal is aborted. Whatever it returns or throws, nothing that it
 * started runs any more.
 * @throws the signal's reason, where it is aborted before the last step has ended
 */
export async function runDemo(show: Show, { once, signal }: DemoOptions): Promise<boolean> {
  const cluster = await beginControlPlane(show, signal);
  try {
    signal.throwIfAborted();
    const stage = createStage(show, cluster, signal);
    await checkControlPlane(stage, cluster);
    const installed = await showInstallation(show, stage, cluster);
    const product = await beginOperator(show, cluster, installed);
    try {
      await checkOperator(stage, product);
      await runSteps(steps, stage, show, signal);
      showSummary(show);
      if (!once) await stay(show, cluster, product, signal);
    } finally {
      await product.stop();
    }
  } finally {
    const { pids, folder } = cluster;
    await cluster.stop();
    const gone = !existsSync(folder) && !Object.values(pids).some(isAlive);
    show.promise('everything that was started has ended, and its folder is deleted', gone, { pids, folder });
  }
  return show.broken.length === 0;
}

function showSummary(show: Show): void {
  const { kept, broken } = show;
  show.heading('In short', `${kept} of ${kept + broken.length} promises were kept.`);
  for (const claim of broken) show.say(`✗ ${claim}`);
}

async function stay(
  show: Show,
  { kubeconfigPath, folder, binaries }: ControlPlane,
  product: Product,
  signal: AbortSignal,
): Promise<void> {
  const own = [`KUBECONFIG=${kubeconfigPath}`, `KUBECACHEDIR=${join(folder, 'kubectl')}`];
  const lines = [
    ['cd', root],
    ['export', ...own],
    ['alias', `kubectl=${binaries.kubectl}`],
    ['kubectl', 'get', 'kka', '-o', 'wide'],
    ['kubectl', 'get', 'configmap', 'spark', '-n', 'finance', '-o', 'yaml'],
    ['kubectl', 'edit', 'kka', 'finance'],
    ['kubectl', 'apply', '-f', manifest('broken')],
    ['tail', '-f', product.operator().logFile],
  ];
  show.heading('Try it yourself', 'In another terminal:');
  show.say(lines.map((words) => toShell(words)).join('\n'));
  show.say(`\nThe kubeconfig is ${kubeconfigPath}.\nIt all stays until Ctrl-C, and is gone afterwards.`);
  if (!signal.aborted) await once(signal, 'abort');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
