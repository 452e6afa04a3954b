/**
 * Flux' own helm-controller installs a chart with a Hadoop file that our webhook edits, and looks for drift every two
 * seconds: what docs/tools.md says of HelmReleases. It is built with Helm itself in place of Flux' fork of it, which is not
 * to be had from the Go module proxy; source-controller is played by the test.
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
const patience = 60_000;
const name = 'by-helm';

const chart = (version: string, other: string) => ({
  'finance/Chart.yaml': JSON.stringify({ apiVersion: 'v2', name: 'finance', version }),
  'finance/templates/config-map.yaml': JSON.stringify(financeFile(name, other)),
});

describeWith(['control plane', 'partners'], "Flux' helm-controller", () => {
  const { cluster, apply, read, get, byOthers, rotate, changeByHand } = useFinance();
  let source: FluxSource;
  let flux: Partner;

  beforeAll(async () => {
    await applyDefinitions(cluster(), 'flux-helm');
    await apply(sourceDefinitions);
    await untilEstablished(cluster());
    const [health] = await freePorts(1);
    const args = ['--metrics-addr=0', `--health-addr=127.0.0.1:${health}`];
    flux = await startPartner(cluster(), { program: 'flux-helm', args, env: { RUNTIME_NAMESPACE: 'finance' } });
    source = await startFluxSource(cluster(), { kind: 'OCIRepository', namespace: 'finance', name: 'finance' });
    await source.commit(chart('1.0.0', 'a'));
    const chartRef = { kind: 'OCIRepository', name: 'finance' };
    await apply({
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'finance', namespace: 'finance' },
      spec: { interval: '2s', chartRef, driftDetection: { mode: 'enabled' } },
    });
  }, 120_000);
  afterAll(async () => {
    await flux?.stop();
    await source?.stop();
  });

  const stored = () => byOthers(name).filter(({ dryRun }) => !dryRun);
  const statusOf = async () =>
    (await read('/apis/helm.toolkit.fluxcd.io/v2/namespaces/finance/helmreleases/finance')).status;
  const untilReady = (version: string) =>
    eventually(
      statusOf,
      (status) =>
        status?.history?.[0]?.chartVersion.startsWith(version) &&
        status.conditions.some(({ type, status }: KubernetesObject) => type === 'Ready' && status === 'True'),
      undefined,
      patience,
    );

  async function expectStillness(key: string): Promise<void> {
    await untilReady('1.0.0');
    const before = { all: byOthers(name).length, stored: stored().length };
    const seen = await watchFor(seconds, () => get(name));
    const looked = byOthers(name).length - before.all;
    console.log(`helm: ${looked} dry runs in ${seconds} s, ${stored().length - before.stored} writes`);
    expect(seen.keys).toEqual([key]);
    expect(seen.versions).toHaveLength(1);
    expect(seen.managedFields).toHaveLength(1);
    // Each look for drift is a dry run, or none of this shows anything.
    expect(looked).toBeGreaterThan(seconds / 10);
    expect(stored()).toHaveLength(before.stored);
    // An upgrade would have made a second revision.
    expect((await statusOf()).history[0].version).toBe(1);
  }

  it('installs a file once, and sees no drift in it', { timeout: (seconds + 90) * 1000 }, async () => {
    await expectStillness(firstKey);
    expect(stored()).toHaveLength(1);
  });

  it('leaves a rotated key where it is', { timeout: (seconds + 120) * 1000 }, async () => {
    await rotate(name);
    await expectStillness(otherKey);
    // A pass between the rotation and the repair sees the new key as drift, and may write once what the repair writes.
    expect(stored().length).toBeLessThanOrEqual(2);
  });

  it('brings a new version of the chart, with the key', { timeout: 90_000 }, async () => {
    await source.commit(chart('1.1.0', 'b'));
    const changed = await eventually(
      () => get(name),
      ({ data }) => data.other === 'b',
      undefined,
      patience,
    );
    expect(keyOf(changed)).toBe(otherKey);
    await untilReady('1.1.0');
  });

  it('takes back what somebody changes by hand, with the key', { timeout: 90_000 }, async () => {
    await changeByHand(name);
    const repaired = await eventually(
      () => get(name),
      ({ data }) => data.other === 'b',
      undefined,
      patience,
    );
    expect(keyOf(repaired)).toBe(otherKey);
    expect(repaired.data['core-site.xml']).toContain('s3a://warehouse');
  });
});
