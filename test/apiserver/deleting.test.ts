/**
 * ConfigMaps that are being deleted and are still there: pods can mount them for as long as a finalizer holds them.
 */
import { expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const finalizers = ['example.com/hold'];

describeWith(['control plane'], 'a ConfigMap that is being deleted', () => {
  const { cluster, product, apply, get, list, eventually } = useProduct();
  const keyOf = async (name: string) =>
    effectiveEncryption((await get('configmap', name, 'leaving')).data['core-site.xml']).key;
  const patch = (name: string, value: object) =>
    cluster().kubectl(['patch', 'configmap', name, '-n', 'leaving', '--type', 'merge', '-p', JSON.stringify(value)]);
  const release = (name: string) => patch(name, { metadata: { finalizers: null } });
  const names = async () => (await list('configmap', 'leaving')).map(({ metadata }) => metadata.name);
  const held = (name: string, file = plainFile, rest: object = {}) => {
    const made = configMap('leaving', name, file, rest);
    return { ...made, metadata: { ...made.metadata, finalizers } };
  };

  it('is repaired as any other by an assignment and by a rotation, and counted', async () => {
    await apply(namespace('leaving'));
    await apply([held('one'), held('broken', '<configuration>'), held('frozen', plainFile, { immutable: true })]);
    await cluster().kubectl(['delete', 'configmap', '-n', 'leaving', 'one', 'broken', 'frozen', '--wait=false']);
    expect((await get('configmap', 'one', 'leaving')).metadata.deletionTimestamp).toBeDefined();
    await apply(assignment('leaving', ['leaving']));
    await eventually(
      () => keyOf('one'),
      (key) => key === firstKey,
    );
    const { status } = await eventually(
      () => get('kka', 'leaving'),
      ({ status }) => status?.objects?.pending === 0 && status.objects.total === 3,
    );
    expect(status.objects).toEqual({
      total: 3,
      compliant: 1,
      outdated: 0,
      otherStore: 0,
      pending: 0,
      refused: 1,
      immutable: 1,
    });
    await apply(assignment('leaving', ['leaving'], { key: { arn: otherKey } }));
    await eventually(
      () => keyOf('one'),
      (key) => key === otherKey,
    );
  });

  it('is refused a file without its key, as any other', async () => {
    await patch('one', { data: { 'core-site.xml': plainFile } });
    expect(await keyOf('one')).toBe(otherKey);
    await expect(patch('one', { data: { 'core-site.xml': '<configuration>' } })).rejects.toThrow('Malformed');
  });

  it('can go when its finalizers do, whatever its file is, and also while no replica answers', async () => {
    await release('broken');
    expect(await names()).not.toContain('broken');
    await product().operator().end();
    await expect(patch('one', { data: { 'core-site.xml': plainFile } })).rejects.toThrow('failed calling webhook');
    await release('one');
    await release('frozen');
    expect(await names()).toEqual([]);
    await product().restart();
    await eventually(
      () => get('kka', 'leaving'),
      ({ status }) => status?.objects?.total === 0,
    );
  });
});
