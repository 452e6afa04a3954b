/**
 * The list-watch and its transport while a real API server is restarted, paused, and loses what it remembered.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ListWatch, startListWatch } from '../../src/cluster/list-watch.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { describeWith } from '../run/needs.ts';
import { type Cluster, createConfigMap, createNamespace, eventually, silent, startCluster } from './cluster.ts';

let cluster: Cluster;
let watching: ListWatch<string>;
let lists = 0;
/** The etcd that was started in place of the first. */
let again: ChildProcess | undefined;
const path = '/api/v1/namespaces/restart/configmaps';

const changeTo = (v: string) =>
  cluster.api.send({
    method: 'PATCH',
    path: `${path}/cm`,
    contentType: 'application/merge-patch+json',
    body: { data: { v } },
  });
const value = (object: StoredObject) => (object.data as Record<string, string> | undefined)?.v;

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
    again?.kill('SIGKILL');
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

  it('goes on after etcd stood still for a while, also with a list in its middle', async () => {
    const { etcd } = cluster.controlPlane.pids;
    process.kill(etcd, 'SIGSTOP');
    const second = startListWatch<string>({
      transport: cluster.api,
      collection: { path },
      reduce: value,
      log: silent,
      timing: { silenceSeconds: 2, backoff: { firstMs: 20, maxMs: 500 } },
    });
    try {
      const change = changeTo('while etcd stands').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 5000));
      process.kill(etcd, 'SIGCONT');
      await change;
      await eventually(async () => changeTo('etcd goes on'), 60);
      await eventually(() => watching.get('restart/cm') === 'etcd goes on', 60);
      await eventually(() => second.get('restart/cm') === 'etcd goes on', 60);
      await eventually(() => watching.secondsSinceSync() < 4 && second.secondsSinceSync() < 4, 60);
    } finally {
      process.kill(etcd, 'SIGCONT');
      await second.stop();
    }
  }, 120_000);

  it('goes on after etcd was killed and started again', async () => {
    const { etcd } = cluster.controlPlane.pids;
    const [program = '', ...args] = (await readFile(`/proc/${etcd}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    process.kill(etcd, 'SIGKILL');
    const isAway = () =>
      changeTo('while etcd is away').then(
        () => false,
        () => true,
      );
    await eventually(isAway, 60);
    again = spawn(program, args, { stdio: 'ignore' });
    await eventually(async () => changeTo('etcd is back'), 60);
    await eventually(() => watching.get('restart/cm') === 'etcd is back', 60);
  }, 120_000);

  it('goes on after etcd was put back to a backup, and says so', async () => {
    let rewinds = 0;
    // Only a list shows it: a watch from a version that is yet to come says nothing.
    const listing = startListWatch<string>({
      transport: cluster.api,
      collection: { path },
      reduce: value,
      onListed(rewound) {
        if (rewound) rewinds++;
      },
      log: silent,
      timing: { resyncSeconds: 2, silenceSeconds: 2, backoff: { firstMs: 20, maxMs: 500 } },
    });
    const { spawnfile, spawnargs } = again as ChildProcess;
    const start = () => {
      again = spawn(spawnfile, spawnargs.slice(1), { stdio: 'ignore' });
    };
    const end = async (signal: NodeJS.Signals) => {
      const ended = once(again as ChildProcess, 'exit');
      again?.kill(signal);
      await ended;
    };
    const data = join(cluster.controlPlane.folder, 'etcd');
    const backup = join(cluster.controlPlane.folder, 'backup');
    try {
      await changeTo('in the backup');
      await end('SIGTERM');
      await cp(data, backup, { recursive: true });
      start();
      for (const v of ['lost', 'lost as well']) await eventually(async () => changeTo(v), 60);
      await eventually(() => listing.get('restart/cm') === 'lost as well', 60);
      expect(rewinds).toBe(0);
      await cluster.controlPlane.restartApiServer(async () => {
        await end('SIGKILL');
        await rm(data, { recursive: true });
        await rename(backup, data);
        start();
      });
      await eventually(() => listing.get('restart/cm') === 'in the backup', 60);
      await eventually(() => rewinds === 1, 60);
      await eventually(async () => changeTo('goes on from there'), 60);
      await eventually(() => listing.get('restart/cm') === 'goes on from there', 60);
      expect(rewinds).toBe(1);
    } finally {
      await listing.stop();
    }
  }, 180_000);

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
