/**
 * `helm upgrade` from the operator's own CA to a Secret that is provided and back, under load: replicas of both kinds run
 * side by side, and only those of the new kind write the caBundle.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { readBundles } from '../cluster-client/admission-configurations.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { chart, operatorNamespace, release } from '../product/install.ts';
import { assignment, firstKey, namespace } from '../product/manifests.ts';
import { type Deployment, installDeployment, type StartOptions } from '../rollout/deployment.ts';
import { findKeyless, startWriters, type Tally } from '../rollout/writers.ts';
import { describeWith } from '../run/needs.ts';
import { foreignCa, foreignLeaf } from './foreign.ts';
import { buildKubeletVolume } from './kubelet-volume.ts';

/** API servers are given a fifth of a CA's lifetime to settle, where that is short. */
const lifetimes = { ca: 20, leaf: 15 };
const selfManaged = [
  'certificates.mode=self-managed',
  `certificates.selfManaged.caLifetimeSeconds=${lifetimes.ca}`,
  `certificates.selfManaged.leafLifetimeSeconds=${lifetimes.leaf}`,
];
const company = await foreignCa('company');
const provided = ['certificates.mode=provided', 'certificates.provided.secretName=mine'];

describeWith(['control plane'], 'a change of mode', () => {
  const cluster = useControlPlane();
  let deployment: Deployment;
  let api: Transport;

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), { propagation: () => 200, drainSeconds: 1, values: selfManaged });
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

  async function upgrade(values: readonly string[]): Promise<void> {
    const sets = values.flatMap((value) => ['--set', value]);
    await cluster().helm(['upgrade', release, chart, '--namespace', operatorNamespace, '--reuse-values', ...sets]);
  }

  /** Replaces one replica after the other while clients write. */
  async function rollUnderLoad(options: StartOptions): Promise<Tally> {
    const writers = startWriters({ api, namespace: 'finance', key: firstKey, clients: 2 });
    try {
      for (const replica of deployment.replicas()) {
        await deployment.untilReady(await deployment.start(options));
        await untilCalled(3);
        await deployment.end(replica, 'SIGTERM');
        await untilCalled(2);
      }
    } finally {
      await writers.stop();
    }
    return writers.tally;
  }

  const readAllBundles = async () => [
    ...(await readBundles(api, 'mutating', release)),
    ...(await readBundles(api, 'validating', release)),
  ];

  it('from certificates of its own to provided ones fails no write', { timeout: 120_000 }, async () => {
    const leaf = await foreignLeaf({ names: [`${release}.${operatorNamespace}.svc`], issuer: company });
    const volume = await buildKubeletVolume(cluster().folder);
    await volume.update({ 'tls.crt': leaf.certificate, 'tls.key': leaf.key, 'ca.crt': company.certificate });
    await upgrade(provided);
    const flags = [
      '--certificate-mode=provided',
      `--certificate-folder=${volume.folder}`,
      `--ca-lifetime-seconds=${lifetimes.ca}`,
    ];
    const { requests, failures, keyless } = await rollUnderLoad({ flags });
    console.log(`to provided certificates: ${requests} requests, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    // The CA of before is still there, for replicas that may still be.
    for (const bundle of await readAllBundles()) {
      expect(bundle.startsWith(company.certificate)).toBe(true);
      expect(bundle.length).toBeGreaterThan(company.certificate.length);
    }
  });

  it('and back fails none either', { timeout: 120_000 }, async () => {
    await upgrade(selfManaged);
    const { requests, failures, keyless } = await rollUnderLoad({});
    console.log(`back to its own: ${requests} requests, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    expect((await findKeyless(api, 'finance', firstKey)).keyless).toEqual([]);
    for (const bundle of await readAllBundles()) expect(bundle.endsWith(company.certificate)).toBe(true);
  });
});
