/**
 * The list-watch and its transport while a real API server is restarted, paused, and loses what it remembered.
 */
import { afterAll, beforeAll, it } from 'vitest';
import type { KubeObject } from '../../src/kube/list.ts';
import { type ListWatch, startListWatch } from '../../src/kube/list-watch.ts';
import { describeWith } from '../run/needs.ts';
import { type Cluster, createConfigMap, createNamespace, eventually, silent, startCluster } from './cluster.ts';

let cluster: Cluster;
let watching: ListWatch<string>;
let lists = 0;
const path = '/api/v1/namespaces/restart/configmaps';

const changeTo = (v: string) =>
  cluster.api.send({
    method: 'PATCH',
    path: `${path}/cm`,
    contentType: 'application/merge-patch+json',
    body: { data: { v } },
  });
const value = (object: KubeObject) => (object.data as Record<string, string> | undefined)?.v;

describeWith(['control plane'], 'a list-watch', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    await createNamespace(cluster.api, 'restart');
    await createConfigMap(cluster.api, 'restart', 'cm', { data: { v: '0' } });
    watching = startListWatch<string>({
      transport: cluster.api,
      collection: { path },
      reduce: value,
      onListed: () => void lists++,
      log: silent,
      timing: { silenceSeconds: 2, backoff: { firstMs: 20, maxMs: 500 } },
    });
    await eventually(() => watching.get('restart/cm') === '0');
  });

  afterAll(async () => {
    await watching?.stop();
    await cluster?.stop();
  });

  it('goes on after a restart of the API server', async () => {
    await cluster.controlPlane.restartApiServer();
    await eventually(async () => changeTo('restarted'), 30);
    await eventually(() => watching.get('restart/cm') === 'restarted', 30);
  });

  it('goes on after the API server stood still for a while', async () => {
    const pid = cluster.controlPlane.pids.apiServer;
    process.kill(pid, 'SIGSTOP');
    try {
      await eventually(() => watching.secondsSinceSync() > 4, 30);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await changeTo('woken');
    await eventually(() => watching.get('restart/cm') === 'woken', 30);
  });

  it('lists anew where the API server no longer knows its place', async () => {
    const before = lists;
    // After a restart it remembers no event older than its start, and our place stays where our namespace's last one was.
    await createNamespace(cluster.api, 'elsewhere');
    for (let i = 0; i < 3; i++) await createConfigMap(cluster.api, 'elsewhere', `cm-${i}`);
    await cluster.controlPlane.restartApiServer();
    await eventually(() => lists > before, 30);
    await changeTo('listed');
    await eventually(() => watching.get('restart/cm') === 'listed', 30);
  });
});
