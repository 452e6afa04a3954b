/**
 * From an earlier version of the chart to this one and back, while the product runs.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { apply, chart, install, namespace, read, readEntries, refusal, release, set, writeCaBundle } from './chart.ts';

/** As it was before values had a schema. */
const [earlier = ''] = globSync('fixtures/*.tgz', { cwd: import.meta.dirname });
const earlierChart = join(import.meta.dirname, earlier);
const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');
const spec = { namespaces: ['finance'], key: { accountDefault: true } };
const assignment = { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name: 'kept' }, spec };

describeWith(['control plane'], 'helm upgrade from an earlier version', () => {
  const cluster = useControlPlane();

  beforeAll(async () => {
    const values = set('replicas=3', 'webhook.timeoutSeconds=7');
    const args = ['--namespace', namespace, '--create-namespace', ...values];
    await cluster().helm(['install', release, earlierChart, ...args]);
    await writeCaBundle(cluster(), caBundle);
    await cluster().kubectl(['wait', 'crd/kmskeyassignments.ssekms.io', '--for=condition=Established']);
    await apply(cluster(), assignment);
  }, 60_000);

  function helm(command: string, ...args: string[]) {
    return cluster().helm([command, release, ...args, '-n', namespace]);
  }

  async function state() {
    const entries = await readEntries(cluster());
    const deployment = await read(cluster(), 'deployment', release, '-n', namespace);
    return {
      bundles: entries.map((entry) => entry.clientConfig.caBundle),
      timeouts: entries.map((entry) => entry.timeoutSeconds),
      replicas: deployment.spec.replicas,
      version: deployment.metadata.labels['helm.sh/chart'],
      budget: (await refusal(read(cluster(), 'pdb', release, '-n', namespace))) === undefined,
    };
  }

  const kept = { bundles: [caBundle, caBundle], timeouts: [7, 7], replicas: 3 };
  const before = { ...kept, version: 'sse-kms-operator-0.1.0-alpha.1', budget: false };

  it('says which values are missing where --reuse-values leaves them out', async () => {
    expect(await refusal(helm('upgrade', chart, '--reuse-values'))).toMatch(/missing propert.*'podDisruptionBudget'/);
    expect(await state()).toEqual(before);
  });

  it('keeps what was set, the caBundle and the assignments; there, back, and there again', async () => {
    for (const [command, ...args] of [
      ['upgrade', chart, '--reset-then-reuse-values'],
      ['upgrade', chart, '--reset-then-reuse-values'],
      ['rollback', '1'],
      ['upgrade', chart, '--reset-then-reuse-values'],
    ] as const) {
      await helm(command, ...args);
      const now = await state();
      expect(now).toEqual(command === 'rollback' ? before : { ...kept, version: now.version, budget: true });
      if (command === 'upgrade') expect(now.version).not.toBe(before.version);
      expect(await read(cluster(), 'kka', 'kept')).toMatchObject({ spec });
    }
  }, 60_000);

  it('ends where an installation of this version alone ends', async () => {
    const manifest = async () => (await helm('get', 'manifest')).stdout;
    const upgraded = await manifest();
    await helm('uninstall');
    await install(cluster(), ...set('replicas=3', 'webhook.timeoutSeconds=7'));
    expect(await manifest()).toBe(upgraded);
  }, 60_000);
});
