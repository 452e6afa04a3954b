/**
 * Two replicas behind one address, of which one hears of each change of an assignment three seconds late, while clients write
 * without a pause and keys rotate: what one replica edits the other one judges.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { type Interposer, startInterposer } from '../cluster-client/interposer.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { type Deployment, installDeployment } from './deployment.ts';
import { findKeyless, startWriters } from './writers.ts';

const lateMs = 3000;
const assignments = '/apis/ssekms.io/v1alpha1/kmskeyassignments';

describeWith(['control plane'], 'two replicas, one of which is late', () => {
  const cluster = useControlPlane();
  let deployment: Deployment;
  let interposer: Interposer;
  let api: Transport;

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), { propagation: () => 200, drainSeconds: 0 });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    interposer = await startInterposer(loadKubeConfig({ kind: 'files', paths: [deployment.kubeconfig] }));
    interposer.fault = ({ url }) =>
      url.pathname === assignments && url.searchParams.has('watch') ? { lateMs } : undefined;
    const through = interposer.kubeConfig.getCurrentCluster()?.server ?? '';
    const kubeconfig = join(cluster().folder, 'late.kubeconfig');
    const own = await readFile(deployment.kubeconfig, 'utf8');
    const { clusters, ...rest } = JSON.parse(own);
    const there = [{ ...clusters[0], cluster: { server: through, 'insecure-skip-tls-verify': true } }];
    await writeFile(kubeconfig, JSON.stringify({ ...rest, clusters: there }));
    await apply(namespace('finance'), assignment('finance', ['finance']));
    const started = [await deployment.start(), await deployment.start({ kubeconfig })];
    await Promise.all(started.map((replica) => deployment.untilReady(replica)));
    await eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === 2,
    );
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    await interposer?.stop();
    api?.close();
  });

  async function apply(...items: object[]): Promise<void> {
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await cluster().kubectl(['apply', '--filename', '-'], { stdin });
  }

  /** Returns when the API server has stored it. */
  const rotate = (name: string, arn: string) =>
    api.send({
      method: 'PATCH',
      path: `${assignments}/${name}`,
      contentType: 'application/merge-patch+json',
      body: { spec: { key: { arn } } },
    });

  it('deny nothing, fail nothing, and store nothing without a key', { timeout: 180_000 }, async () => {
    const writers = startWriters({ api, namespace: 'finance', key: [firstKey, otherKey], clients: 6 });
    for (let turn = 0; turn < 10; turn++) {
      await rotate('finance', turn % 2 === 0 ? otherKey : firstKey);
      await sleep(4500);
    }
    await writers.stop();
    const { requests, failures, keyless } = writers.tally;
    const repeats = deployment
      .replicas()
      .map(({ process }) => process.log().split('asked to be asked again').length - 1);
    console.log(
      `${requests} requests, ${failures.length} failed, ${keyless.length} keyless, ${repeats} times asked again`,
    );
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    expect(requests).toBeGreaterThan(300);
    await eventually(
      () => findKeyless(api, 'finance', firstKey),
      ({ keyless }) => keyless.length === 0,
    );
  });

  it('leave no immutable ConfigMap with the key of before, or without one', { timeout: 180_000 }, async () => {
    const create = async (where: string, name: string, rest: object): Promise<string | undefined> => {
      const body = configMap(where, name, undefined, rest);
      const stored = (await api.send({
        method: 'POST',
        path: `/api/v1/namespaces/${where}/configmaps`,
        body,
      })) as typeof body;
      return effectiveEncryption(stored.data['core-site.xml']).key;
    };
    const found = { total: 0, without: 0, older: 0 };
    const createSome = async (where: string, key: string, prefix: string) => {
      const keys = await Promise.all(
        Array.from({ length: 10 }, (_, index) => create(where, `${prefix}-${index}`, { immutable: true })),
      );
      found.total += keys.length;
      found.without += keys.filter((one) => one === undefined).length;
      found.older += keys.filter((one) => one !== undefined && one !== key).length;
    };
    for (let round = 0; round < 8; round++) {
      const name = `team-${round}`;
      await api.send({ method: 'POST', path: '/api/v1/namespaces', body: namespace(name) });
      await api.send({ method: 'POST', path: assignments, body: assignment(name, [name]) });
      await createSome(name, firstKey, 'assigned');
      await rotate(name, otherKey);
      await createSome(name, otherKey, 'rotated');
    }
    console.log(`immutable ConfigMaps right after an assignment or a rotation: ${JSON.stringify(found)}`);
    expect(found).toEqual({ total: 160, without: 0, older: 0 });
  });
});
