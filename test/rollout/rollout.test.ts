/**
 * Upgrades under load: two replicas behind one address, replaced again and again while clients write without a pause. What
 * nodes know of a replica's readiness is one to two seconds old, and replicas drain as long as the chart has them. The
 * chart's preStop is left out: SIGTERM comes at once, while new connections are still made.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { chart } from '../product/install.ts';
import { assignment, firstKey, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { type Deployment, installDeployment } from './deployment.ts';
import { findKeyless, startWriters, type Tally } from './writers.ts';

interface ChartValues {
  readonly shutdown: { readonly drainSeconds: number };
}

const { drainSeconds } = (load(readFileSync(join(chart, 'values.yaml'), 'utf8')) as ChartValues).shutdown;
const propagation = () => 1000 + Math.random() * 1000;

describeWith(['control plane'], 'a rolling update of two replicas', () => {
  const cluster = useControlPlane();
  let deployment: Deployment;
  let api: Transport;

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), { propagation, drainSeconds });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    const items = [namespace('finance'), assignment('finance', ['finance'])];
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await cluster().kubectl(['apply', '--filename', '-'], { stdin });
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

  async function whileWriting(step: () => Promise<void>): Promise<Tally> {
    const writers = startWriters({ api, namespace: 'finance', key: firstKey, clients: 4 });
    await step();
    await writers.stop();
    return writers.tally;
  }

  async function rollUnderLoad(rollouts: number): Promise<void> {
    const startedAt = performance.now();
    const { requests, failures, keyless } = await whileWriting(async () => {
      for (let i = 0; i < rollouts; i++) await deployment.roll();
      expect(new Set(await deployment.ended())).toEqual(new Set([0]));
    });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const { total } = deployment.balancer.connections;
    console.log(
      `${rollouts} rollouts of 2 replicas, ${total} connections, in ${seconds} s: ${requests} requests, ${failures.length} failed, ${keyless.length} keyless`,
    );
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    const stored = await findKeyless(api, 'finance', firstKey);
    expect(stored.keyless).toEqual([]);
    expect(stored.total).toBeGreaterThan(100);
    expect(requests).toBeGreaterThan(500);
  }

  it('fails no write and stores none without its key, ten times', { timeout: 900_000 }, () => rollUnderLoad(10));

  it('stores nothing without its key where failures are ignored', { timeout: 300_000 }, async () => {
    await setFailurePolicy('Ignore');
    await rollUnderLoad(2);
  });

  it('costs writes where a replica dies instead of draining, which is what the numbers above are beside', async () => {
    await setFailurePolicy('Fail');
    const { failures } = await whileWriting(async () => {
      for (const replica of deployment.replicas()) await deployment.end(replica, 'SIGKILL');
      await eventually(
        async () => deployment.balancer.published(),
        (names) => names.length === 0,
      );
    });
    expect(failures.length).toBeGreaterThan(0);
  });

  async function setFailurePolicy(policy: 'Fail' | 'Ignore'): Promise<void> {
    const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: policy }]);
    for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration']) {
      await cluster().kubectl(['patch', kind, 'sse-kms-operator', '--type', 'json', '--patch', patch]);
    }
  }
});
