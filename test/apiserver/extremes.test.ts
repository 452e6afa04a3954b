/**
 * Objects as large, as deep and with as many parts as an API server stores: each gets its key, and the next one after a
 * rotation. Under Ignore, where what the webhook can't read would be stored as it came.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { assignment, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const path = '/api/v1/namespaces/extreme/configmaps';

interface Stored {
  readonly metadata: { readonly managedFields: readonly object[]; readonly labels?: object };
  readonly data: Record<string, string>;
}

describeWith(['control plane'], 'an object at the limits of what is stored', () => {
  const { cluster, apply, eventually } = useProduct('webhook.failurePolicy=Ignore');
  let api: Transport;
  const read = async (name: string) => (await api.send({ path: `${path}/${name}` })) as Stored;
  const keyOf = async (name: string) => effectiveEncryption((await read(name)).data['core-site.xml'] ?? '').key;
  const create = (name: string, metadata: object, data: object = {}) =>
    api.send({
      method: 'POST',
      path,
      body: { metadata: { name, ...metadata }, data: { 'core-site.xml': plainFile, ...data } },
    });
  const patch = (name: string, body: object) =>
    api.send({ method: 'PATCH', path: `${path}/${name}`, contentType: 'application/merge-patch+json', body });

  beforeAll(async () => {
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    await apply([namespace('extreme')]);
    await apply(assignment('extreme', ['extreme']));
    await create('probe', {});
    await eventually(
      () => keyOf('probe'),
      (key) => key === firstKey,
    );
  });

  it('has its key from the first where managed fields are nested 250 deep, and its labels can be changed', async () => {
    let fields = {};
    for (let depth = 0; depth < 250; depth++) fields = { 'f:a': fields };
    const entry = { manager: 'deep', operation: 'Apply', apiVersion: 'v1', time: '2026-01-01T00:00:00Z' };
    await create('deep', { managedFields: [{ ...entry, fieldsType: 'FieldsV1', fieldsV1: fields }] });
    const stored = await read('deep');
    expect(JSON.stringify(stored.metadata.managedFields)).toContain('{"f:a":'.repeat(250));
    expect(await keyOf('deep')).toBe(firstKey);
    await patch('deep', { metadata: { labels: { changed: 'yes' } } });
    expect((await read('deep')).metadata.labels).toEqual({ changed: 'yes' });
  });

  it('has its key where it has as many owners as a request can carry', async () => {
    const owner = { apiVersion: 'v1', kind: 'A', name: 'a', uid: 'a' };
    await create('owned', { ownerReferences: Array.from({ length: 55_000 }, () => owner) });
    expect(await keyOf('owned')).toBe(firstKey);
  });

  it('has its key where each byte takes six in JSON', async () => {
    const owner = { apiVersion: 'v1', kind: 'A', name: '<'.repeat(250 * 1024), uid: 'a' };
    const metadata = { annotations: { note: '<'.repeat(255 * 1024) }, ownerReferences: [owner] };
    await create('wide', metadata, { text: '<'.repeat(1024 * 1024 - 8 * 1024) });
    expect(await keyOf('wide')).toBe(firstKey);
  });

  describe('after a rotation', () => {
    beforeAll(() => apply(assignment('extreme', ['extreme'], { key: { arn: otherKey } })));

    it.each(['deep', 'owned', 'wide'])('has the next one: %s', async (name) => {
      await eventually(
        () => keyOf(name),
        (key) => key === otherKey,
      );
    });
  });
});
