import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildSecretStore } from '../../src/cluster/secrets.ts';
import type { SecretStore } from '../../src/ports/certificate-stores.ts';
import { describeWith } from '../run/needs.ts';
import { type Cluster, createNamespace, startCluster } from './cluster.ts';

let cluster: Cluster;
let store: SecretStore;
let path: string;
let count = 0;

interface Secret {
  readonly metadata: {
    readonly labels?: Record<string, string>;
    readonly managedFields: readonly { readonly manager: string; readonly operation: string }[];
  };
  readonly data?: Record<string, string>;
}

beforeAll(async () => {
  cluster = await startCluster();
  await createNamespace(cluster.api, 'secrets');
}, 60_000);
afterAll(() => cluster?.stop());

beforeEach(() => {
  const name = `ca-${++count}`;
  path = `/api/v1/namespaces/secrets/secrets/${name}`;
  store = buildSecretStore(cluster.api, 'secrets', name);
});

const stored = async () => (await cluster.api.send({ path })) as Secret;
const merge = (body: object) =>
  cluster.api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });

describeWith(['control plane'], 'a Secret store', () => {
  it('has nothing to read where there is no Secret', async () => {
    expect(await store.read()).toBeUndefined();
  });

  it('reads back what it created, and says by whom it was', async () => {
    expect(await store.write({ 'ca.crt': 'grüße', 'ca.key': 'k' }, undefined)).toBe('written');
    expect((await store.read())?.data).toEqual({ 'ca.crt': 'grüße', 'ca.key': 'k' });
    expect((await stored()).metadata.managedFields.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['sse-kms-operator', 'Update'],
    ]);
  });

  it('lets one of many creators win', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store.write({ 'ca.key': `${i}` }, undefined)),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect((await store.read())?.data).toEqual({ 'ca.key': `${outcomes.indexOf('written')}` });
  });

  it('lets one of many writers after the same version win', async () => {
    await store.write({ 'ca.key': 'first' }, undefined);
    const after = await store.read();
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => store.write({ 'ca.key': `${i}` }, after)));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect((await store.read())?.data).toEqual({ 'ca.key': `${outcomes.indexOf('written')}` });
  });

  it('does not write over what changed meanwhile, nor bring back what was deleted', async () => {
    await store.write({ 'ca.key': 'first' }, undefined);
    const after = await store.read();
    await merge({ metadata: { labels: { changed: 'yes' } } });
    expect(await store.write({ 'ca.key': 'second' }, after)).toBe('conflict');
    const later = await store.read();
    await cluster.api.send({ method: 'DELETE', path });
    expect(await store.write({ 'ca.key': 'second' }, later)).toBe('conflict');
    expect(await store.read()).toBeUndefined();
    await store.write({ 'ca.key': 'third' }, undefined);
    expect(await store.write({ 'ca.key': 'second' }, later)).toBe('conflict');
    expect((await store.read())?.data).toEqual({ 'ca.key': 'third' });
  });

  it('leaves the keys and labels of others alone', async () => {
    await store.write({ 'ca.key': 'first' }, undefined);
    await merge({ metadata: { labels: { team: 'a' } }, data: { other: 'eA==' } });
    expect(await store.write({ 'ca.key': 'second' }, await store.read())).toBe('written');
    expect((await store.read())?.data).toEqual({ 'ca.key': 'second', other: 'x' });
    expect((await stored()).metadata.labels).toMatchObject({ team: 'a' });
  });

  it('repairs one that was emptied', async () => {
    await store.write({ 'ca.key': 'first' }, undefined);
    await merge({ data: null });
    const emptied = await store.read();
    expect(emptied?.data).toEqual({});
    expect(await store.write({ 'ca.key': 'second' }, emptied)).toBe('written');
    expect((await store.read())?.data).toEqual({ 'ca.key': 'second' });
  });

  it('reports a missing namespace as what it is, no conflict', async () => {
    const nowhere = buildSecretStore(cluster.api, 'nowhere', 'ca');
    await expect(nowhere.write({ 'ca.key': 'x' }, undefined)).rejects.toMatchObject({ status: 404 });
  });
});
