/**
 * Argo CD's own application controller and repo server sync Hadoop files that our webhook edits, with `selfHeal`: what
 * docs/tools.md says of Argo CD, and of it without the setting that it needs.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { installProduct, type Product } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { home, makeRepository, type Repository, startArgoCd } from './argo-cd-parts.ts';
import { type Partner, watchSeconds } from './partner.ts';
import { watchFor } from './stillness.ts';
import { useAuditedControlPlane } from './writes.ts';

/** Before a rotation, and after it. */
const seconds = watchSeconds() / 2;
const patience = 60_000;

/** As docs/tools.md has them, and one that nobody told. */
const compared = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };
const clientSide = { name: 'client-side', annotations: compared, syncOptions: [] };
const serverSide = { name: 'server-side', annotations: compared, syncOptions: ['ServerSideApply=true'] };
const untold = { name: 'untold', annotations: {}, syncOptions: [] };
const told = [clientSide, serverSide];
const applications = [...told, untold];

const manifest = (name: string, other: string) =>
  configMap('finance', `by-${name}`, plainFile, { data: { 'core-site.xml': plainFile, other } });

describeWith(['control plane', 'partners'], 'Argo CD', () => {
  const { cluster, writes } = useAuditedControlPlane();
  const repositories = new Map<string, Repository>();
  let product: Product;
  let partners: Partner[] = [];
  let api: Transport;

  beforeAll(async () => {
    product = await installProduct(cluster());
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    await apply(namespace('finance'));
    await apply(assignment('finance', ['finance']));
    await untilEdited();
    partners = await startArgoCd(cluster());
    for (const { name, annotations, syncOptions } of applications) {
      const repository = await makeRepository(join(cluster().folder, 'git', name));
      repositories.set(name, repository);
      await repository.commit(manifest(name, 'a'));
      await apply({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace: home, annotations },
        spec: {
          project: 'default',
          source: { repoURL: repository.url, path: '.', targetRevision: 'main' },
          destination: { server: 'https://kubernetes.default.svc', namespace: 'finance' },
          syncPolicy: { automated: { selfHeal: true, prune: true }, syncOptions },
        },
      });
    }
  }, 180_000);
  afterAll(async () => {
    for (const partner of partners) await partner.stop();
    await product?.stop();
    api?.close();
  });

  const apply = (object: object) => cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
  const get = (name: string): Promise<KubernetesObject> =>
    api.send({ path: `/api/v1/namespaces/finance/configmaps/by-${name}` });
  const keyOf = (object: KubernetesObject) => effectiveEncryption(object.data['core-site.xml']).key;
  const path = (name: string) => `/apis/argoproj.io/v1alpha1/namespaces/${home}/applications/${name}`;
  const statusOf = async (name: string) => ((await api.send({ path: path(name) })) as KubernetesObject).status ?? {};
  const byArgo = (name: string) => writes(`finance/by-${name}`).filter(({ client }) => client === 'argo-cd');
  const stored = (name: string) => byArgo(name).filter(({ dryRun }) => !dryRun);
  const untilSynced = (name: string) =>
    eventually(
      () => statusOf(name),
      ({ sync, operationState }) => sync?.status === 'Synced' && operationState?.phase === 'Succeeded',
      undefined,
      patience,
    );

  /** API servers take in a new webhook with some delay. */
  const untilEdited = () =>
    eventually(
      async () => {
        const probe = JSON.stringify(configMap('finance', 'probe'));
        const args = ['apply', '--dry-run=server', '-o', 'json', '-f', '-'];
        return (await cluster().kubectl(args, { stdin: probe })).stdout;
      },
      (text) => text.includes(firstKey),
    );

  /** Has Argo CD compare anew every two seconds, whatever it has cached, and collects the states that it comes to. */
  async function states(name: string): Promise<string[]> {
    const seen = new Set<string>();
    const end = Date.now() + seconds * 1000;
    const body = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } };
    while (Date.now() < end) {
      await api.send({ method: 'PATCH', path: path(name), contentType: 'application/merge-patch+json', body });
      await sleep(2000);
      seen.add((await statusOf(name)).sync?.status);
    }
    return [...seen];
  }

  async function expectStillness(name: string, key: string): Promise<void> {
    await untilSynced(name);
    const before = { all: byArgo(name).length, stored: stored(name).length, history: (await statusOf(name)).history };
    const [seen, came] = await Promise.all([watchFor(seconds, () => get(name)), states(name)]);
    const looked = byArgo(name).length - before.all;
    console.log(`${name}: ${looked} dry runs in ${seconds} s, ${stored(name).length - before.stored} writes, ${came}`);
    expect(came).toEqual(['Synced']);
    expect(seen.keys).toEqual([key]);
    expect(seen.versions).toHaveLength(1);
    expect(seen.managedFields).toHaveLength(1);
    // Each comparison is a dry run, or none of this shows anything.
    expect(looked).toBeGreaterThan(seconds / 10);
    expect(stored(name)).toHaveLength(before.stored);
    expect((await statusOf(name)).history).toEqual(before.history);
  }

  it.for(told)(
    'syncs a file once where it applies $name, and is Synced from then on',
    { concurrent: true, timeout: (seconds + 90) * 1000 },
    async ({ name }) => {
      await untilSynced(name);
      expect(keyOf(await get(name))).toBe(firstKey);
      await expectStillness(name, firstKey);
      expect((await statusOf(name)).history).toHaveLength(1);
    },
  );

  it('is Synced after a rotation, and leaves the key where it is', { timeout: (seconds + 120) * 1000 }, async () => {
    await apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
    await Promise.all(
      told.map(async ({ name }) => {
        await eventually(
          () => get(name),
          (object) => keyOf(object) === otherKey,
        );
        await expectStillness(name, otherKey);
      }),
    );
  });

  it.for(told)(
    'brings a change in Git, with the key, where it applies $name',
    { timeout: 90_000 },
    async ({ name }) => {
      await repositories.get(name)?.commit(manifest(name, 'b'));
      const changed = await eventually(
        () => get(name),
        ({ data }) => data.other === 'b',
        undefined,
        patience,
      );
      expect(keyOf(changed)).toBe(otherKey);
      await untilSynced(name);
    },
  );

  it.for(told)(
    'takes back what somebody changes by hand where it applies $name',
    { timeout: 90_000 },
    async ({ name }) => {
      const patch = JSON.stringify({ data: { other: 'by hand' } });
      const args = ['patch', 'configmap', `by-${name}`, '-n', 'finance', '--type=merge', '-p', patch];
      await cluster().kubectl([...args, '--field-manager=somebody']);
      const repaired = await eventually(
        () => get(name),
        ({ data }) => data.other === 'b',
        undefined,
        patience,
      );
      expect(keyOf(repaired)).toBe(otherKey);
    },
  );

  it('is OutOfSync for ever without ServerSideDiff, and syncs again and again, which changes nothing', async () => {
    const { name } = untold;
    await repositories.get(name)?.commit(manifest(name, 'b'));
    const first = await eventually(
      () => get(name),
      ({ data }) => data.other === 'b',
      undefined,
      patience,
    );
    const before = stored(name).length;
    // The pauses between two attempts grow: 2, 6, 18 seconds.
    await eventually(
      async () => stored(name).length,
      (count) => count >= before + 3,
      undefined,
      patience,
    );
    expect((await statusOf(name)).sync.status).toBe('OutOfSync');
    const last = await get(name);
    expect(keyOf(last)).toBe(otherKey);
    expect(last.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  }, 150_000);
});
