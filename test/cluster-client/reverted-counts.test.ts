/**
 * The counts of replicas in a Lease on a real API server.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildExchangeCounts, validMs } from '../../src/cluster/reverted-counts.ts';
import type { RevertedCount } from '../../src/core/contention.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { describeWith } from '../run/needs.ts';
import { type Cluster, createNamespace, startCluster } from './cluster.ts';

let cluster: Cluster;
let leases = 0;
let now = Date.UTC(2026, 0, 1);
const { signal } = new AbortController();
const namespace = 'counts';
const object = { kind: 'ConfigMap', namespace: 'finance', name: 'hadoop' } as const;
const count = (times: number): RevertedCount => ({ ...object, times, writers: [{ manager: 'm', user: 'u' }] });

describeWith(['control plane'], 'counts of reverted updates', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    await createNamespace(cluster.api, namespace);
  });
  afterAll(() => cluster?.stop());

  /** Exchanges for several replicas over a Lease that isn't there yet. */
  function next(...replicas: string[]) {
    const name = `lease-${++leases}`;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    return {
      exchanges: replicas.map((replica) => buildExchangeCounts(cluster.api, { namespace, name, replica }, () => now)),
      read: async () => (await cluster.api.send({ path })) as StoredObject,
      annotate: (text: string) =>
        cluster.api.send({
          ...{ method: 'PATCH', path, contentType: 'application/merge-patch+json' },
          body: { metadata: { annotations: { 'ssekms.io/reverted-updates': text, other: 'stays' } } },
        }),
    };
  }

  it('are read by all replicas; who has none writes nothing', async () => {
    const { exchanges, read } = next('a', 'b');
    const [a, b] = exchanges;
    expect(await a?.([], signal)).toEqual([]);
    await expect(read()).rejects.toThrow(/not found/);
    expect(await a?.([count(3)], signal)).toEqual([[count(3)]]);
    const { metadata } = await read();
    expect(await b?.([], signal)).toEqual([[count(3)]]);
    expect((await read()).metadata.resourceVersion).toBe(metadata.resourceVersion);
    expect(await b?.([count(4)], signal)).toEqual([[count(3)], [count(4)]]);
  });

  it('are taken back by an exchange of none', async () => {
    const { exchanges } = next('a', 'b');
    for (const exchange of exchanges) await exchange([count(3)], signal);
    expect(await exchanges[0]?.([], signal)).toEqual([[count(3)]]);
    expect(await exchanges[1]?.([], signal)).toEqual([]);
  });

  it('of replicas that ended count for two minutes, less than what they count', async () => {
    const { exchanges } = next('ended', 'b');
    await exchanges[0]?.([count(9)], signal);
    now += validMs - 1;
    expect(await exchanges[1]?.([], signal)).toHaveLength(1);
    now += 1;
    expect(await exchanges[1]?.([], signal)).toEqual([]);
  });

  it('are all kept where twelve replicas write at once, time and again', async () => {
    const { exchanges } = next(...Array.from({ length: 12 }, (_, n) => `replica-${n}`));
    for (let round = 1; round <= 4; round++) {
      await Promise.all(exchanges.map((exchange) => exchange([count(round)], signal)));
      expect(await exchanges[0]?.([count(round)], signal)).toEqual(exchanges.map(() => [count(round)]));
    }
  });

  it('are those of the latest twelve replicas where there are more', async () => {
    const { exchanges } = next(...Array.from({ length: 15 }, (_, n) => `replica-${n}`));
    for (const [n, exchange] of exchanges.entries()) {
      now += 1;
      await exchange([count(n)], signal);
    }
    const kept = ((await exchanges[14]?.([count(14)], signal)) ?? []).map(([first]) => first?.times);
    expect(kept.sort((a = 0, b = 0) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('are cut to what an annotation holds, whatever the names', async () => {
    const { exchanges, read } = next(...Array.from({ length: 12 }, (_, n) => `replica-${n}`));
    const long = { manager: '\u20ac'.repeat(128), user: '\u20ac'.repeat(128) };
    const objects = Array.from({ length: 50 }, (_, n) => ({
      ...{ ...object, name: `${n}`.padEnd(253, 'x'), times: 300 },
      writers: [long, long, long],
    }));
    for (const exchange of exchanges) await exchange(objects, signal);
    const text = (await read()).metadata.annotations as Record<string, string>;
    const all = Object.values(JSON.parse(text['ssekms.io/reverted-updates'] ?? '')) as { counts: object[] }[];
    expect(all).toHaveLength(12);
    for (const { counts } of all) expect(counts).toHaveLength(7);
  });

  it('that somebody else has spoilt are written anew, and other annotations stay', async () => {
    const { exchanges, read, annotate } = next('a');
    await exchanges[0]?.([count(3)], signal);
    for (const text of ['{', '7', '{"a":{}}', `{"a":{"at":${now},"counts":[{"kind":"Pod"}]}}`]) {
      await annotate(text);
      expect(await exchanges[0]?.([count(5)], signal)).toEqual([[count(5)]]);
    }
    expect((await read()).metadata.annotations).toMatchObject({ other: 'stays' });
  });
});
