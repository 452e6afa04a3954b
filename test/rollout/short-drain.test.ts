/**
 * Replicas that drain for less time than nodes take to hear of it, under bursts of writes: each review opens a connection of its
 * own then, and some of them still lead to a replica that is about to close.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { assignment, configMap, firstKey, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { type Deployment, installDeployment } from './deployment.ts';
import { findKeyless } from './writers.ts';

const burst = 40;

describeWith(['control plane'], 'a rolling update under bursts of forty writes', () => {
  const cluster = useControlPlane();
  let api: Transport;
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), {
      propagation: () => 1000 + Math.random() * 1000,
      drainSeconds: 1,
    });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    const items = [namespace('finance'), assignment('finance', ['finance'])];
    await cluster().kubectl(['apply', '--filename', '-'], {
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    const started = await Promise.all([deployment.start(), deployment.start()]);
    await Promise.all(started.map((replica) => deployment.untilReady(replica)));
    await eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === 2,
    );
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    api?.close();
  });

  let created = 0;
  async function write(failures: string[]): Promise<void> {
    const body = configMap('finance', `burst-${created++}`);
    const path = '/api/v1/namespaces/finance/configmaps';
    await api.send({ method: 'POST', path, body }).catch((error: Error) => void failures.push(error.message));
  }

  async function rollUnderBursts(drainSeconds: number): Promise<void> {
    const failures: string[] = [];
    const before = created;
    let stopped = false;
    const bursts = (async () => {
      while (!stopped) {
        await Promise.all(Array.from({ length: burst }, () => write(failures)));
        await sleep(50);
      }
    })();
    for (let turn = 0; turn < 4; turn++) {
      for (const old of deployment.replicas()) {
        await deployment.untilReady(await deployment.start({ drainSeconds }));
        await deployment.end(old, 'SIGTERM');
      }
    }
    expect(new Set(await deployment.ended())).toEqual(new Set([0]));
    stopped = true;
    await bursts;
    console.log(`${created - before} writes, ${failures.length} failed, with a drain of ${drainSeconds} s`);
    expect(failures).toEqual([]);
    expect((await findKeyless(api, 'finance', firstKey)).keyless).toEqual([]);
    expect(created - before).toBeGreaterThan(500);
  }

  it('fails none with a drain of one second', { timeout: 400_000 }, () => rollUnderBursts(1));
  it('fails none with the shortest drain, which is none', { timeout: 400_000 }, () => rollUnderBursts(0));
});
