/**
 * Flux' own helm-controller installs a chart with a Hadoop file that our webhook edits, and looks for drift every few
 * seconds: what docs/tools.md says of HelmReleases. It is built with Helm itself in place of Flux' fork of it, which is not
 * to be had from the Go module proxy; source-controller is played by the test.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { freePorts, installProduct, type Product } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { type FluxSource, sourceDefinitions, startFluxSource } from './flux-source.ts';
import { applyDefinitions, type Partner, startPartner, untilEstablished, watchSeconds } from './partner.ts';
import { watchFor } from './stillness.ts';
import { useAuditedControlPlane } from './writes.ts';

/** Before a rotation, and after it. */
const seconds = watchSeconds() / 2;
const patience = 60_000;

const chart = (version: string, other: string) => ({
  'finance/Chart.yaml': JSON.stringify({ apiVersion: 'v2', name: 'finance', version }),
  'finance/templates/config-map.yaml': JSON.stringify(
    configMap('finance', 'by-helm', plainFile, { data: { 'core-site.xml': plainFile, other } }),
  ),
});

describeWith(['control plane', 'partners'], "Flux' helm-controller", () => {
  const { cluster, writes } = useAuditedControlPlane();
  let source: FluxSource;
  let product: Product;
  let flux: Partner;
  let api: Transport;

  beforeAll(async () => {
    await applyDefinitions(cluster(), 'flux-helm');
    await apply(sourceDefinitions);
    await untilEstablished(cluster());
    product = await installProduct(cluster());
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    await apply(namespace('finance'));
    await apply(assignment('finance', ['finance']));
    await untilEdited();
    const [health] = await freePorts(1);
    const args = ['--metrics-addr=0', `--health-addr=127.0.0.1:${health}`, '--log-level=info'];
    flux = await startPartner(cluster(), { program: 'flux-helm', args, env: { RUNTIME_NAMESPACE: 'finance' } });
    source = await startFluxSource(cluster(), { kind: 'OCIRepository', namespace: 'finance', name: 'finance' });
    await source.commit(chart('1.0.0', 'a'));
    await apply({
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'finance', namespace: 'finance' },
      spec: {
        interval: '2s',
        chartRef: { kind: 'OCIRepository', name: 'finance' },
        driftDetection: { mode: 'enabled' },
      },
    });
  }, 180_000);
  afterAll(async () => {
    await flux?.stop();
    await source?.stop();
    await product?.stop();
    api?.close();
  });

  const apply = (object: object) => cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
  const get = (): Promise<KubernetesObject> => api.send({ path: '/api/v1/namespaces/finance/configmaps/by-helm' });
  const keyOf = (object: KubernetesObject) => effectiveEncryption(object.data['core-site.xml']).key;
  /** It looks for drift under its own name, and has Helm's client write: whoever is neither the operator nor this test. */
  const byFlux = () =>
    writes('finance/by-helm').filter(({ client }) => !['kubectl', 'sse-kms-operator'].includes(client));
  const stored = () => byFlux().filter(({ dryRun }) => !dryRun);
  const statusOf = async () => {
    const path = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/finance/helmreleases/finance';
    return ((await api.send({ path })) as KubernetesObject).status;
  };
  const untilReady = (version: string) =>
    eventually(
      statusOf,
      (status) =>
        status?.history?.[0]?.chartVersion.startsWith(version) &&
        status.conditions.some(({ type, status }: KubernetesObject) => type === 'Ready' && status === 'True'),
      undefined,
      patience,
    );

  /** API servers take in a new webhook with some delay. */
  const untilEdited = () =>
    eventually(
      async () => {
        const probe = JSON.stringify(configMap('finance', 'probe'));
        const args = ['apply', '--dry-run=server', '-o', 'json', '-f', '-'];
        return (await cluster().kubectl(args, { stdin: probe })).stdout;
      },
      (text) => text.includes(firstKey),
    );

  async function expectStillness(key: string): Promise<void> {
    await untilReady('1.0.0');
    const before = { all: byFlux().length, stored: stored().length, history: (await statusOf()).history };
    const seen = await watchFor(seconds, get);
    const looked = byFlux().length - before.all;
    console.log(`helm: ${looked} dry runs in ${seconds} s, ${stored().length - before.stored} writes`);
    expect(seen.keys).toEqual([key]);
    expect(seen.versions).toHaveLength(1);
    expect(seen.managedFields).toHaveLength(1);
    // Each look for drift is a dry run, or none of this shows anything.
    expect(looked).toBeGreaterThan(seconds / 10);
    expect(stored()).toHaveLength(before.stored);
    // No upgrade: a release's revision is one more with each.
    expect((await statusOf()).history[0].version).toBe(before.history[0].version);
  }

  it('installs a file once, and sees no drift in what the webhook made of it', {
    timeout: (seconds + 90) * 1000,
  }, async () => {
    await untilReady('1.0.0');
    expect(keyOf(await get())).toBe(firstKey);
    await expectStillness(firstKey);
    expect(stored()).toHaveLength(1);
  });

  it('leaves a rotated key where it is', { timeout: (seconds + 120) * 1000 }, async () => {
    await apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
    await eventually(get, (object) => keyOf(object) === otherKey);
    await expectStillness(otherKey);
  });

  it('brings a new version of the chart, with the key', { timeout: 90_000 }, async () => {
    await source.commit(chart('1.1.0', 'b'));
    const changed = await eventually(get, ({ data }) => data.other === 'b', undefined, patience);
    expect(keyOf(changed)).toBe(otherKey);
    await untilReady('1.1.0');
  });

  it('still sees what somebody else changes by hand, and takes it back with the key', { timeout: 90_000 }, async () => {
    const patch = JSON.stringify({
      data: { other: 'by hand', 'core-site.xml': plainFile.replace('warehouse', 'mine') },
    });
    const args = ['patch', 'configmap', 'by-helm', '-n', 'finance', '--type=merge', '-p', patch];
    await cluster().kubectl([...args, '--field-manager=somebody']);
    const repaired = await eventually(get, ({ data }) => data.other === 'b', undefined, patience);
    expect(keyOf(repaired)).toBe(otherKey);
    expect(repaired.data['core-site.xml']).toContain('s3a://warehouse');
  });
});
