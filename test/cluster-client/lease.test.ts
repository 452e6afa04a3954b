/**
 * A Lease on a real API server: whoever writes it knows what it said, or learns that somebody else was there.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildLeaseStore, type LeaseObject } from '../../src/cluster/lease.ts';
import type { LeaseRecord, LeaseStore } from '../../src/ports/lease-store.ts';
import { describeWith } from '../run/needs.ts';
import { type Cluster, createNamespace, startCluster } from './cluster.ts';

let cluster: Cluster;
let count = 0;
const { signal } = new AbortController();
const namespace = 'leases';
const pathOf = (name: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;

/** A store for a Lease that isn't there yet. */
function next(): { store: LeaseStore<LeaseObject>; name: string } {
  const name = `lease-${++count}`;
  return { store: buildLeaseStore(cluster.api, namespace, name, 5), name };
}

const record = (holder: string, more: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holder,
  durationSeconds: 15,
  acquiredAt: Date.UTC(2026, 0, 1),
  renewedAt: Date.UTC(2026, 0, 1, 1),
  transitions: 0,
  ...more,
});

const written = (outcome: LeaseObject | 'conflict'): LeaseObject => {
  if (outcome === 'conflict') throw new Error('a conflict');
  return outcome;
};

const merge = (name: string, body: object) =>
  cluster.api.send({ method: 'PATCH', path: pathOf(name), contentType: 'application/merge-patch+json', body });

describeWith(['control plane'], 'a Lease', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    await createNamespace(cluster.api, namespace);
  });
  afterAll(() => cluster?.stop());

  it('reads as it was written, and is not there before', async () => {
    const { store } = next();
    expect(await store.read(signal)).toBeUndefined();
    const first = written(await store.write(record('a'), undefined, signal));
    expect(first.record).toEqual(record('a'));
    expect(await store.read(signal)).toEqual(first);
    const second = written(await store.write(record('', { durationSeconds: 1, transitions: 1 }), first, signal));
    expect((await store.read(signal))?.record).toEqual(record('', { durationSeconds: 1, transitions: 1 }));
    expect(second.version).not.toBe(first.version);
  });

  it('is written by one of two who read the same, be it there or not', async () => {
    const { store } = next();
    const creations = await Promise.all(['a', 'b'].map((holder) => store.write(record(holder), undefined, signal)));
    expect(creations.filter((outcome) => outcome === 'conflict')).toHaveLength(1);
    const found = await store.read(signal);
    const changes = await Promise.all(['c', 'd'].map((holder) => store.write(record(holder), found, signal)));
    expect(changes.filter((outcome) => outcome === 'conflict')).toHaveLength(1);
  });

  it('that was deleted is never taken for the one that was read', async () => {
    const { store, name } = next();
    const first = written(await store.write(record('a'), undefined, signal));
    await cluster.api.send({ method: 'DELETE', path: pathOf(name) });
    expect(await store.write(record('a'), first, signal)).toBe('conflict');
    written(await store.write(record('b'), undefined, signal));
    expect(await store.write(record('a'), first, signal)).toBe('conflict');
  });

  it('keeps labels and annotations that others set', async () => {
    const { store, name } = next();
    written(await store.write(record('a'), undefined, signal));
    await merge(name, { metadata: { labels: { l: '1' }, annotations: { n: '2' } } });
    written(await store.write(record('b'), await store.read(signal), signal));
    const { object } = (await store.read(signal)) as LeaseObject;
    expect(object.metadata).toMatchObject({ labels: { l: '1' }, annotations: { n: '2' } });
  });

  it('of which somebody left nothing reads as held by nobody, and can be written', async () => {
    const { store, name } = next();
    written(await store.write(record('a'), undefined, signal));
    await merge(name, { spec: null });
    const found = await store.read(signal);
    expect(found?.record).toEqual({ holder: '', durationSeconds: 0, acquiredAt: 0, renewedAt: 0, transitions: 0 });
    expect(written(await store.write(record('b'), found, signal)).record.holder).toBe('b');
  });

  it('in a namespace that does not exist is an error, and no conflict', async () => {
    const store = buildLeaseStore(cluster.api, 'nowhere', 'lease', 5);
    await expect(store.write(record('a'), undefined, signal)).rejects.toMatchObject({ status: 404 });
  });
});
