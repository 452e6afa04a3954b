/**
 * Flux' own kustomize-controller reconciles Hadoop files that our webhook edits, every two seconds: what docs/tools.md says
 * of Kustomizations. source-controller is played by the test, since a module of it is not to be had from the Go module proxy.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../product/eventually.ts';
import { freePorts } from '../product/install.ts';
import { firstKey, otherKey } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { type FluxSource, sourceDefinitions, startFluxSource } from './flux-source.ts';
import { applyDefinitions, type Partner, startPartner, untilEstablished, watchSeconds } from './partner.ts';
import { watchFor } from './stillness.ts';
import { financeFile, keyOf, useFinance } from './use-finance.ts';

/** Before a rotation, and after it. */
const seconds = watchSeconds() / 2;

/** A Kustomization as users have it, and one that may delete and create what it can't patch. */
const kustomizations = [
  { name: 'plain', force: false },
  { name: 'forced', force: true },
];

const repository = (name: string, other: string) => ({ 'config-map.yaml': JSON.stringify(financeFile(name, other)) });

describeWith(['control plane', 'partners'], "Flux' kustomize-controller", () => {
  const { cluster, apply, read, get, byOthers, rotate, changeByHand } = useFinance();
  const sources = new Map<string, FluxSource>();
  let flux: Partner;

  beforeAll(async () => {
    await applyDefinitions(cluster(), 'flux-kustomize');
    await apply(sourceDefinitions);
    await untilEstablished(cluster());
    const [health] = await freePorts(1);
    const args = ['--metrics-addr=0', `--health-addr=127.0.0.1:${health}`];
    flux = await startPartner(cluster(), { program: 'flux-kustomize', args, env: { RUNTIME_NAMESPACE: 'finance' } });
    for (const { name, force } of kustomizations) {
      const source = await startFluxSource(cluster(), { kind: 'GitRepository', namespace: 'finance', name });
      sources.set(name, source);
      await source.commit(repository(name, 'a'));
      await apply({
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name, namespace: 'finance' },
        spec: { interval: '2s', path: './', prune: true, force, sourceRef: { kind: 'GitRepository', name } },
      });
    }
  }, 120_000);
  afterAll(async () => {
    await flux?.stop();
    for (const source of sources.values()) await source.stop();
  });

  const stored = (name: string) => byOthers(name).filter(({ dryRun }) => !dryRun);

  /** It says Progressing at the beginning of each pass. */
  async function untilReady(name: string): Promise<void> {
    const path = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/finance/kustomizations/${name}`;
    await eventually(
      async () => (await read(path)).status.conditions.find(({ type }: KubernetesObject) => type === 'Ready'),
      (ready) => ready?.reason === 'ReconciliationSucceeded',
    );
  }

  async function expectStillness(name: string, key: string): Promise<void> {
    const before = { all: byOthers(name).length, stored: stored(name).length };
    const seen = await watchFor(seconds, () => get(name));
    const looked = byOthers(name).length - before.all;
    console.log(`${name}: ${looked} dry runs in ${seconds} s, ${stored(name).length - before.stored} writes`);
    expect(seen.keys).toEqual([key]);
    expect(seen.versions).toHaveLength(1);
    expect(seen.managedFields).toHaveLength(1);
    // Each pass is a dry run, or none of this shows anything.
    expect(looked).toBeGreaterThan(seconds / 10);
    expect(stored(name)).toHaveLength(before.stored);
    await untilReady(name);
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
      const managers = first.metadata.managedFields.map(({ manager }: KubernetesObject) => manager);
      expect(managers).toEqual(['kustomize-controller']);
      await expectStillness(name, firstKey);
      expect(stored(name)).toHaveLength(1);
    },
  );

  it('leaves a rotated key where it is', { timeout: (seconds + 90) * 1000 }, async () => {
    await rotate(...kustomizations.map(({ name }) => name));
    await Promise.all(kustomizations.map(({ name }) => expectStillness(name, otherKey)));
    // A pass between the rotation and the repair sees the new key as drift, and may write once what the repair writes.
    for (const { name } of kustomizations) expect(stored(name).length).toBeLessThanOrEqual(2);
  });

  it.for(kustomizations)('brings a change in Git to a $name file, with the key, in one write', async ({ name }) => {
    const before = stored(name).length;
    await sources.get(name)?.commit(repository(name, 'b'));
    const changed = await eventually(
      () => get(name),
      ({ data }) => data.other === 'b',
    );
    expect(keyOf(changed)).toBe(otherKey);
    expect(stored(name)).toHaveLength(before + 1);
  });

  it.for(kustomizations)('takes back what somebody changes of a $name file by hand, with the key', async ({ name }) => {
    const before = stored(name).length;
    await changeByHand(name);
    const repaired = await eventually(
      () => get(name),
      ({ data }) => data.other === 'b',
    );
    expect(keyOf(repaired)).toBe(otherKey);
    expect(repaired.data['core-site.xml']).toContain('s3a://warehouse');
    expect(stored(name)).toHaveLength(before + 1);
  });
});
