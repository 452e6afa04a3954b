/**
 * `helm test`, with this process in the places of kubelet and of the controller that ends namespaces.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CommandFailed, type Output, runCommand } from '../controlplane/command.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { namespace, read, refusal, release, root, selfTest as test } from './chart.ts';

describeWith(['control plane'], 'helm test', () => {
  const { cluster, product, eventually } = useProduct('webhook.namespaceSelector.matchLabels.covered=yes');

  /** The image's command with these arguments, and the rights of the chart's ServiceAccount for the test. */
  async function selfTest(args: readonly string[]): Promise<Output> {
    const kubeconfig = await cluster().asServiceAccount(namespace, test);
    return runCommand(process.execPath, [join(root, 'src', 'main.ts'), ...args, '--kubeconfig', kubeconfig]);
  }

  /** Runs the test's pod once, and tells the API server how it ended. */
  async function playKubelet(): Promise<string> {
    const pod = await eventually(
      () => read(cluster(), 'pod', test, '-n', namespace).catch(() => undefined),
      (found) => found !== undefined,
    );
    const [container] = pod.spec.containers;
    let phase = 'Succeeded';
    let said = '';
    try {
      said = (await selfTest(container.args)).stdout;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      phase = 'Failed';
      said = error.stderr;
    }
    const patch = JSON.stringify({ status: { phase } });
    await cluster().kubectl([
      'patch',
      'pod',
      test,
      '-n',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      patch,
    ]);
    return said;
  }

  async function endNamespace(name: string): Promise<void> {
    await eventually(
      () => read(cluster(), 'namespace', name).catch(() => undefined),
      (found) => found?.metadata.deletionTimestamp !== undefined,
    );
    for (const kind of ['configmaps', 'roles', 'rolebindings']) {
      await cluster().kubectl(['delete', kind, '--all', '-n', name]);
    }
    const found = await read(cluster(), 'namespace', name);
    const stdin = JSON.stringify({ ...found, spec: { finalizers: [] } });
    await cluster().kubectl(['replace', '--raw', `/api/v1/namespaces/${name}/finalize`, '-f', '-'], { stdin });
  }

  function helmTest(): Promise<string | undefined> {
    return refusal(cluster().helm(['test', release, '-n', namespace, '--timeout', '90s']));
  }

  it('writes a ConfigMap as any user would, finds the key in it, and leaves nothing', async () => {
    const [helm, said] = await Promise.all([helmTest(), playKubelet(), endNamespace(test)]);
    expect(helm).toBeUndefined();
    expect(said).toContain('the stored file makes Hadoop encrypt with the assigned key');
    for (const [kind, ...where] of [
      ['pod', '-n', namespace],
      ['serviceaccount', '-n', namespace],
      ['kka'],
      ['namespace'],
    ] as const) {
      expect(await refusal(read(cluster(), kind, test, ...where)), kind).toContain('NotFound');
    }
  }, 120_000);

  it('fails where the operator lets the file pass as it is', async () => {
    await cluster().kubectl(['create', 'serviceaccount', test, '-n', namespace]);
    await cluster().kubectl(['create', 'namespace', test]);
    const role = `--serviceaccount=${namespace}:${test}`;
    await cluster().kubectl(['create', 'rolebinding', 'writer', '-n', test, '--clusterrole=cluster-admin', role]);
    const args = ['self-test', `--namespace=${test}`, `--assignment=${test}`, '--timeout-seconds=2'];
    // No assignment names it, and the webhook doesn't even cover it.
    expect(await refusal(selfTest(args))).toContain('not within 2 s: no webhook changes it');
    expect(JSON.parse((await cluster().kubectl(['get', 'cm', '-n', test, '-o', 'json'])).stdout).items).toEqual([]);
    await cluster().kubectl(['label', 'namespace', test, 'covered=yes']);
    await product().operator().end();
    await eventually(
      async () => refusal(selfTest(args)),
      (refused) => refused?.includes('failed calling webhook') === true,
    );
  }, 60_000);
});
