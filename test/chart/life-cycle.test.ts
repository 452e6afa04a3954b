/**
 * Helm installs, upgrades, rolls back and uninstalls the chart, while the operator's caBundle is in the configurations.
 */
import { afterEach, expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { chart, install, namespace, read, readEntries, refusal, release, set, writeCaBundle } from './chart.ts';

const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');

/** Options that change what is in a webhook's entry, in a list in it, and which entries of a list there are. */
const options = set(
  'webhook.failurePolicy=Ignore',
  'webhook.namespaceSelector.matchLabels.team=finance',
  'files.other={tez-site.xml}',
  'replicas=3',
);

describeWith(['control plane'], 'the chart', () => {
  const cluster = useControlPlane();

  afterEach(async () => {
    await refusal(cluster().helm(['uninstall', release, '-n', namespace]));
  });

  function helm(command: string, ...args: string[]) {
    return cluster().helm([command, release, ...args, '-n', namespace]);
  }

  async function bundles(): Promise<string[]> {
    return (await readEntries(cluster())).map((entry) => entry.clientConfig.caBundle);
  }

  async function policies(): Promise<string[]> {
    return (await readEntries(cluster())).map((entry) => entry.failurePolicy);
  }

  it.each([
    ['client-side', ['false']],
    ['server-side', ['true']],
    ['client-side, then server-side', ['false', 'true']],
    ['server-side, then client-side', ['true', 'false']],
  ])(
    'keeps the caBundle through upgrades, an option on and off, and rollbacks: %s',
    async (_, modes) => {
      const [first = '', last = first] = modes.map((mode) => `--server-side=${mode}`);
      await install(cluster(), first);
      await writeCaBundle(cluster(), caBundle);
      const steps: readonly (readonly [string, readonly string[], string])[] = [
        ['upgrade', [chart, first], 'Fail'],
        ['upgrade', [chart, last], 'Fail'],
        ['upgrade', [chart, last, ...options], 'Ignore'],
        ['upgrade', [chart, last, '--reset-values'], 'Fail'],
        ['rollback', ['4', last], 'Ignore'],
        ['rollback', ['1', last], 'Fail'],
      ];
      for (const [command, args, failurePolicy] of steps) {
        await helm(command, ...args);
        expect(await bundles()).toEqual([caBundle, caBundle]);
        expect(await policies()).toEqual([failurePolicy, failurePolicy]);
      }
      const { spec } = await read(cluster(), 'deployment', release, '-n', namespace);
      expect(spec.replicas).toBe(2);
    },
    120_000,
  );

  it('leaves assignments where they are when it is uninstalled, and takes them over again', async () => {
    const spec = { namespaces: ['finance'], key: { accountDefault: true } };
    const assignment = { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name: 'kept' }, spec };
    await install(cluster());
    await cluster().kubectl(['wait', 'crd/kmskeyassignments.ssekms.io', '--for=condition=Established']);
    await cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(assignment) });
    await helm('uninstall');
    const left = ['clusterrole', 'mutatingwebhookconfiguration', 'validatingwebhookconfiguration', 'deployment'];
    for (const kind of left) {
      expect(await refusal(read(cluster(), kind, release, '-n', namespace)), kind).toContain('NotFound');
    }
    expect(await read(cluster(), 'kka', 'kept')).toMatchObject({ spec });
    await install(cluster());
    expect(await read(cluster(), 'kka', 'kept')).toMatchObject({ spec });
    await helm('upgrade', chart, ...set('crd.enabled=false'));
    expect(await read(cluster(), 'kka', 'kept')).toMatchObject({ spec });
  }, 60_000);
});
