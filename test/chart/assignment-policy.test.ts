/**
 * Nulls that kubectl drops before it sends an assignment, so that the definition never sees them.
 */
import { beforeAll, expect, it, vi } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { apply, install, read, refusal } from './chart.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';

function assignment(name: string, spec: object, metadata: object = {}) {
  return {
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name, ...metadata },
    spec: { key: { arn }, ...spec },
  };
}

describeWith(['control plane'], 'kubectl apply', () => {
  const cluster = useControlPlane();

  beforeAll(async () => {
    await install(cluster());
    await cluster().kubectl(['wait', 'crd/kmskeyassignments.ssekms.io', '--for=condition=Established']);
    const probe = assignment('probe', { namespaceSelector: { matchLabels: null } });
    await vi.waitFor(
      async () => expect(await refusal(apply(cluster(), probe, '--dry-run=server'))).toContain('denied request'),
      { timeout: 30_000, interval: 100 },
    );
  }, 120_000);

  it.each<[string, object]>([
    ['null for matchLabels', { namespaceSelector: { matchLabels: null } }],
    ['null for matchExpressions', { namespaceSelector: { matchExpressions: null } }],
    ['null for one of two labels', { namespaceSelector: { matchLabels: { team: null, tier: 'a' } } }],
    ['null for the enforcement', { namespaces: ['a'], enforcement: null }],
    ['null for buckets', { namespaces: ['a'], buckets: null }],
    [
      'null before a text that looks like one',
      { namespaces: ['a'], buckets: null, encryptionContext: { a: 'b:null' } },
    ],
    ['null for a key with a quote', { namespaces: ['a'], encryptionContext: { 'a"\\': null, b: 'c' } }],
    ['null for the ARN beside the default', { namespaces: ['a'], key: { arn: null, accountDefault: true } }],
  ])('is refused with %s, also as an edit', async (_, spec) => {
    expect(await refusal(apply(cluster(), assignment('new', spec)))).toContain('a field of the spec is null');
    await apply(cluster(), assignment('edited', { namespaceSelector: { matchLabels: { team: 'a', tier: 'a' } } }));
    const before = await read(cluster(), 'kka', 'edited');
    expect(await refusal(apply(cluster(), assignment('edited', spec)))).toBeDefined();
    expect(await read(cluster(), 'kka', 'edited')).toEqual(before);
    await cluster().kubectl(['delete', 'kka', 'edited']);
  });

  it.each<[string, object, object?]>([
    ['the default of the cluster', { namespaceSelector: {} }],
    ['nulls outside the spec', { namespaces: ['a'] }, { creationTimestamp: null, labels: null }],
    ['a text that looks like a null', { namespaces: ['a'] }, { annotations: { note: '"spec":{"key":null}' } }],
    ['a text in the spec that does', { namespaces: ['a'], encryptionContext: { a: 'b:null', c: ':null' } }],
  ])('is not refused with %s', async (_, spec, metadata) => {
    const manifest = assignment('fine', spec, metadata);
    expect(await refusal(apply(cluster(), manifest))).toBeUndefined();
    expect(await refusal(apply(cluster(), manifest))).toBeUndefined();
    await cluster().kubectl(['delete', 'kka', 'fine']);
  });
});
