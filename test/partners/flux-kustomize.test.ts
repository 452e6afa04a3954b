/**
 * Flux' own kustomize-controller reconciles Hadoop files that our webhook edits, every two seconds: what docs/tools.md says
 * of Flux. source-controller is played by the test, since a module of it is not to be had from the Go module proxy.
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

/** A Kustomization as users have it, and one that may delete and create what it can't patch. */
const kustomizations = [
  { name: 'plain', force: false },
  { name: 'forced', force: true },
];

const manifest = (name: string, other: string) =>
  JSON.stringify(configMap('finance', `by-${name}`, plainFile, { data: { 'core-site.xml': plainFile, other } }));

describeWith(['control plane', 'partners'], "Flux' kustomize-controller", () => {
  const { cluster, writes } = useAuditedControlPlane();
  const sources = new Map<string, FluxSource>();
  let product: Product;
  let flux: Partner;
  let api: Transport;

  beforeAll(async () => {
    await applyDefinitions(cluster(), 'flux-kustomize');
    await apply(sourceDefinitions);
    await untilEstablished(cluster());
    product = await installProduct(cluster());
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    await apply(namespace('finance'));
    await apply(assignment('finance', ['finance']));
    await untilEdited();
    const [health] = await freePorts(1);
    const args = ['--metrics-addr=0', `--health-addr=127.0.0.1:${health}`, '--log-level=info'];
    flux = await startPartner(cluster(), { program: 'flux-kustomize', args, env: { RUNTIME_NAMESPACE: 'finance' } });
    for (const { name, force } of kustomizations) {
      const source = await startFluxSource(cluster(), { kind: 'GitRepository', namespace: 'finance', name });
      sources.set(name, source);
      await source.commit({ 'config-map.yaml': manifest(name, 'a') });
      await apply({
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name, namespace: 'finance' },
        spec: { interval: '2s', path: './', prune: true, force, sourceRef: { kind: 'GitRepository', name } },
      });
    }
  }, 180_000);
  afterAll(async () => {
    await flux?.stop();
    for (const source of sources.values()) await source.stop();
    await product?.stop();
    api?.close();
  });

  const apply = (object: object) => cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
  const get = (name: string): Promise<KubernetesObject> =>
    api.send({ path: `/api/v1/namespaces/finance/configmaps/by-${name}` });
  const keyOf = (object: KubernetesObject) => effectiveEncryption(object.data['core-site.xml']).key;
  const byFlux = (name: string) => writes(`finance/by-${name}`).filter(({ client }) => client === 'flux-kustomize');
  const stored = (name: string) => byFlux(name).filter(({ dryRun }) => !dryRun);

  /** API servers take in a new webhook with some delay. */
  const untilEdited = () =>
    eventually(
      async () => {
        const probe = JSON.stringify(configMap('finance', 'probe'));
        return (await cluster().kubectl(['apply', '--dry-run=server', '-o', 'json', '-f', '-'], { stdin: probe }))
          .stdout;
      },
      (text) => text.includes(firstKey),
    );

  async function expectReady(name: string): Promise<void> {
    const path = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/finance/kustomizations/${name}`;
    const { status } = (await api.send({ path })) as KubernetesObject;
    const ready = status.conditions.find(({ type }: KubernetesObject) => type === 'Ready');
    expect(ready, ready?.message).toMatchObject({ status: 'True', reason: 'ReconciliationSucceeded' });
  }

  async function expectStillness(name: string, key: string): Promise<void> {
    const before = { all: byFlux(name).length, stored: stored(name).length };
    const seen = await watchFor(seconds, () => get(name));
    const looked = byFlux(name).length - before.all;
    console.log(`${name}: ${looked} dry runs in ${seconds} s, ${stored(name).length - before.stored} writes`);
    expect(seen.keys).toEqual([key]);
    expect(seen.versions).toHaveLength(1);
    expect(seen.managedFields).toHaveLength(1);
    // Each pass is a dry run, or none of this shows anything.
    expect(looked).toBeGreaterThan(seconds / 10);
    expect(stored(name)).toHaveLength(before.stored);
    await expectReady(name);
  }

  it.for(kustomizations)(
    'applies a $name file once, owns it, and sees no drift in what the webhook made of it',
    { concurrent: true, timeout: (seconds + 60) * 1000 },
    async ({ name }) => {
      const first = await eventually(
        () => get(name).catch(() => undefined),
        (object) => object !== undefined,
      );
      expect(keyOf(first)).toBe(firstKey);
      expect(first.metadata.managedFields.map(({ manager }: KubernetesObject) => manager)).toEqual([
        'kustomize-controller',
      ]);
      await expectStillness(name, firstKey);
      expect(stored(name)).toHaveLength(1);
    },
  );

  it('leaves a rotated key where it is', { timeout: (seconds + 90) * 1000 }, async () => {
    await apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
    await Promise.all(
      kustomizations.map(async ({ name }) => {
        await eventually(
          () => get(name),
          (object) => keyOf(object) === otherKey,
        );
        await expectStillness(name, otherKey);
      }),
    );
  });

  it('brings a change in Git, with the key, in one write', { timeout: 60_000 }, async () => {
    for (const { name } of kustomizations) {
      const before = stored(name).length;
      await sources.get(name)?.commit({ 'config-map.yaml': manifest(name, 'b') });
      const changed = await eventually(
        () => get(name),
        ({ data }) => data.other === 'b',
      );
      expect(keyOf(changed)).toBe(otherKey);
      expect(stored(name)).toHaveLength(before + 1);
    }
  });

  it('still sees what somebody else changes by hand, and takes it back with the key', { timeout: 60_000 }, async () => {
    for (const { name } of kustomizations) {
      const before = stored(name).length;
      const patch = JSON.stringify({
        data: { other: 'by hand', 'core-site.xml': plainFile.replace('warehouse', 'mine') },
      });
      await cluster().kubectl([
        'patch',
        'configmap',
        `by-${name}`,
        '-n',
        'finance',
        '--type=merge',
        '-p',
        patch,
        '--field-manager=somebody',
      ]);
      const repaired = await eventually(
        () => get(name),
        ({ data }) => data.other === 'b',
      );
      expect(keyOf(repaired)).toBe(otherKey);
      expect(repaired.data['core-site.xml']).toContain('s3a://warehouse');
      expect(stored(name)).toHaveLength(before + 1);
    }
  });
});
