/**
 * `helm upgrade` from the operator's own CA to a Secret that is provided, under load: replicas of both kinds run side by
 * side, and only those of the new kind write the caBundle.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/kube/client.ts';
import { buildTransport, type Transport } from '../../src/kube/transport.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { readBundles } from '../kube/admission-configurations.ts';
import { eventually } from '../product/eventually.ts';
import { chart, operatorNamespace, release } from '../product/install.ts';
import { assignment, namespace, seedKey } from '../product/manifests.ts';
import { type Deployment, installDeployment } from '../rollout/deployment.ts';
import { findKeyless, startWriters } from '../rollout/writers.ts';
import { describeWith } from '../run/needs.ts';
import { foreignCa, foreignLeaf } from './foreign.ts';
import { buildKubeletVolume } from './kubelet-volume.ts';

describeWith(['control plane'], 'a change from certificates of its own to provided ones', () => {
  const cluster = useControlPlane();
  let deployment: Deployment;
  let api: Transport;

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), { propagation: () => 200, drainSeconds: 1 });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    const items = [namespace('finance'), assignment('finance', ['finance'])];
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    const started = await Promise.all([deployment.start(), deployment.start()]);
    await Promise.all(started.map((replica) => deployment.untilReady(replica)));
    await untilCalled(2);
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    api?.close();
  });

  const untilCalled = (count: number) =>
    eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === count,
    );

  it('fails no write, and ends with the provided CA beside the old one', { timeout: 120_000 }, async () => {
    const ca = await foreignCa('company');
    const leaf = await foreignLeaf({ names: [`${release}.${operatorNamespace}.svc`], issuer: ca });
    const volume = await buildKubeletVolume(cluster().folder);
    await volume.update({ 'tls.crt': leaf.certificate, 'tls.key': leaf.key, 'ca.crt': ca.certificate });
    const old = deployment.replicas();
    const [before = ''] = await readBundles(api, 'mutating', release);

    const writers = startWriters({ api, namespace: 'finance', key: seedKey, clients: 2 });
    const mode = ['certificates.mode=provided', 'certificates.provided.secretName=mine'].flatMap((one) => [
      '--set',
      one,
    ]);
    await cluster().helm(['upgrade', release, chart, '--namespace', operatorNamespace, '--reuse-values', ...mode]);
    const flags = ['--certificates=provided', `--certificate-folder=${volume.folder}`];
    for (const replica of old) {
      await deployment.untilReady(await deployment.start({ flags }));
      await untilCalled(3);
      await deployment.end(replica, 'SIGTERM');
      await untilCalled(2);
    }
    await writers.stop();

    const { requests, failures, keyless } = writers.tally;
    console.log(`changed the mode of 2 replicas: ${requests} requests, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    expect((await findKeyless(api, 'finance', seedKey)).keyless).toEqual([]);
    const bundles = [
      ...(await readBundles(api, 'mutating', release)),
      ...(await readBundles(api, 'validating', release)),
    ];
    expect(bundles).toEqual(Array(2).fill(ca.certificate + before));
  });
});
