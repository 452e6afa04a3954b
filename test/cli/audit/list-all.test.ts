import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAll } from '../../../src/cli/audit/list-all.ts';
import { type Cluster, compact, createConfigMap, createNamespace, startCluster } from '../../cluster-client/cluster.ts';
import { describeWith } from '../../run/needs.ts';

describeWith(['control plane'], 'a list in pages', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    // Else the API server remembers for minutes what etcd has forgotten.
    cluster = await startCluster({ apiServerFlags: { 'feature-gates': ['ListFromCacheSnapshot=false'] } });
    await createNamespace(cluster.api, 'many');
  }, 60_000);
  afterAll(() => cluster?.stop(), 60_000);

  it('counts each of many objects once, in pages, and also where the server forgets these on the way', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        createConfigMap(cluster.api, 'many', `one-${index}`, { data: { x: 'y' } }),
      ),
    );
    const names: string[] = [];
    const limits: unknown[] = [];
    await listAll({
      transport: {
        ...cluster.api,
        async open(request) {
          limits.push(request.query?.limit);
          if (limits.length === 3) {
            await createConfigMap(cluster.api, 'many', 'later');
            await compact(cluster);
          }
          return cluster.api.open(request);
        },
      },
      collection: { path: '/api/v1/namespaces/many/configmaps' },
      signal: new AbortController().signal,
      pageSize: 7,
      reduce: ({ metadata }) => metadata.name,
      take: (name) => names.push(name),
    });
    // The third page is answered 410; then comes the list as a whole.
    expect(limits).toEqual([7, 7, 7, undefined]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('one-'))).toHaveLength(60);
  });
});
