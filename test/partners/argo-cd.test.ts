/**
 * Argo CD's own application controller and repo server sync Hadoop files that our webhook edits, with `selfHeal`: what
 * docs/tools.md says of Argo CD, and of it without the setting that it needs.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../product/eventually.ts';
import { firstKey, otherKey } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { home, makeRepository, type Repository, startArgoCd } from './argo-cd-parts.ts';
import { type Partner, watchSeconds } from './partner.ts';
import { watchFor } from './stillness.ts';
import { financeFile, keyOf, useFinance } from './use-finance.ts';

/** Before a rotation, and after it. */
const seconds = watchSeconds() / 2;
const patience = 60_000;

/** As docs/tools.md has them, and one that nobody told. */
const annotations = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };
const told = [
  { name: 'client-side', annotations, syncOptions: [] },
  { name: 'server-side', annotations, syncOptions: ['ServerSideApply=true'] },
];
const untold = { name: 'untold', annotations: {}, syncOptions: [] };

describeWith(['control plane', 'partners'], 'Argo CD', () => {
  const { cluster, apply, read, patch, get, byOthers, rotate, changeByHand } = useFinance();
  const repositories = new Map<string, Repository>();
  let partners: Partner[] = [];

  beforeAll(async () => {
    partners = await startArgoCd(cluster());
    for (const { name, annotations, syncOptions } of [...told, untold]) {
      const repository = await makeRepository(join(cluster().folder, 'git', name));
      repositories.set(name, repository);
      await repository.commit(financeFile(name, 'a'));
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
  }, 120_000);
  afterAll(async () => {
    for (const partner of partners) await partner.stop();
  });

  const stored = (name: string) => byOthers(name).filter(({ dryRun }) => !dryRun);
  const pathOf = (name: string) => `/apis/argoproj.io/v1alpha1/namespaces/${home}/applications/${name}`;
  const statusOf = async (name: string) => (await read(pathOf(name))).status ?? {};
  const untilSynced = (name: string) =>
    eventually(
      () => statusOf(name),
      ({ sync, operationState }) => sync?.status === 'Synced' && operationState?.phase === 'Succeeded',
      undefined,
      patience,
    );
  const untilChanged = (name: string) =>
    eventually(
      () => get(name),
      ({ data }) => data.other === 'b',
      undefined,
      patience,
    );

  /** Has Argo CD compare anew every two seconds, whatever it has cached, and collects what it comes to. */
  async function compare(name: string): Promise<string[]> {
    const states = new Set<string>();
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      await patch(pathOf(name), { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } });
      await sleep(2000);
      states.add((await statusOf(name)).sync?.status);
    }
    return [...states];
  }

  async function expectStillness(name: string, key: string): Promise<void> {
    await untilSynced(name);
    const before = { all: byOthers(name).length, stored: stored(name).length, history: (await statusOf(name)).history };
    const [seen, states] = await Promise.all([watchFor(seconds, () => get(name)), compare(name)]);
    const looked = byOthers(name).length - before.all;
    console.log(
      `${name}: ${looked} dry runs in ${seconds} s, ${stored(name).length - before.stored} writes, ${states}`,
    );
    expect(states).toEqual(['Synced']);
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
      await expectStillness(name, firstKey);
      expect((await statusOf(name)).history).toHaveLength(1);
    },
  );

  it('is Synced after a rotation, and leaves the key where it is', { timeout: (seconds + 120) * 1000 }, async () => {
    await rotate(...told.map(({ name }) => name));
    await Promise.all(told.map(({ name }) => expectStillness(name, otherKey)));
  });

  it.for(told)(
    'brings a change in Git, with the key, where it applies $name',
    { timeout: 150_000 },
    async ({ name }) => {
      await repositories.get(name)?.commit(financeFile(name, 'b'));
      expect(keyOf(await untilChanged(name))).toBe(otherKey);
      await untilSynced(name);
    },
  );

  it.for(told)('takes back a change by hand where it applies $name', { timeout: 90_000 }, async ({ name }) => {
    await changeByHand(name);
    const healed = await untilChanged(name);
    expect(keyOf(healed)).toBe(otherKey);
    expect(healed.data['core-site.xml']).toContain('s3a://warehouse');
  });

  it('is OutOfSync for ever without ServerSideDiff, and syncs again and again, which changes nothing', async () => {
    const { name } = untold;
    await repositories.get(name)?.commit(financeFile(name, 'b'));
    const first = await untilChanged(name);
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
