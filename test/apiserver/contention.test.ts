/**
 * The chart's two replicas behind one address, and clients that write a file back which the webhook changes.
 * test/controller/contention.test.ts has what comes later: another leader, and the end of the fight.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { eventually } from '../product/eventually.ts';
import { freePorts } from '../product/install.ts';
import { assignment, configMap, namespace, plainFile } from '../product/manifests.ts';
import { type Deployment, installDeployment } from '../rollout/deployment.ts';
import { describeWith } from '../run/needs.ts';
import { type ComparingClient, startComparingClient } from './comparing-client.ts';

interface Problem {
  readonly name?: string;
  readonly reason: string;
  readonly message: string;
}

describeWith(['control plane'], 'a client that compares and repeats', () => {
  const cluster = useControlPlane();
  const clients: ComparingClient[] = [];
  let deployment: Deployment;
  let metricsPorts: number[];

  const kubectl = async (...args: string[]) => JSON.parse((await cluster().kubectl([...args, '-o', 'json'])).stdout);
  const apply = (items: object | readonly object[], ...args: string[]) => {
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [items].flat() });
    return cluster().kubectl(['apply', '-f', '-', ...args], { stdin });
  };
  const statusOf = async () => (await kubectl('get', 'kka', 'finance')).status;
  const problems = async (): Promise<Problem[]> => (await statusOf())?.problems ?? [];
  const start = (name: string, fieldManager: string, dryRun = false) => {
    const { kubeconfigPath } = cluster();
    const everyMs = 500;
    const client = startComparingClient({
      ...{ kubeconfigPath, namespace: 'finance', name, file: plainFile, fieldManager, everyMs, dryRun },
    });
    clients.push(client);
    return client;
  };

  const scrape = async (port: number) => {
    const answer = await fetch(`http://localhost:${port}/metrics`);
    return parseExposition(await answer.text());
  };

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), { propagation: () => 0, drainSeconds: 0 });
    metricsPorts = await freePorts(2);
    const replicas = await Promise.all(
      metricsPorts.map((port) => deployment.start({ flags: [`--metrics-port=${port}`] })),
    );
    await Promise.all(replicas.map((replica) => deployment.untilReady(replica)));
    await eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === 2,
    );
    await apply([namespace('finance'), assignment('finance', ['finance'])]);
    const names = ['fought-over', 'written-once', 'tried-only'];
    await apply(names.map((name) => configMap('finance', name)));
    await apply(configMap('finance', 'labelled'), '--server-side', '--field-manager', 'team');
  }, 120_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await deployment?.stop();
  });

  it('is named in the status, and nobody else is', { timeout: 90_000 }, async () => {
    const before = await kubectl('get', 'configmap', 'fought-over', '-n', 'finance');
    const fighter = start('fought-over', 'team-operator');
    const dry = start('tried-only', 'dry-runner', true);
    await apply(configMap('finance', 'written-once'));
    const labels = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'labelled', namespace: 'finance' } };
    for (let round = 0; round < 12; round++) {
      const metadata = { ...labels.metadata, labels: { round: `${round}` } };
      await apply({ ...labels, metadata }, '--server-side', '--field-manager', 'labeller');
    }
    const found = await eventually(problems, (all) => all.length > 0, undefined, 60_000);
    expect(found.map(({ name, reason }) => [name, reason])).toEqual([['fought-over', 'Contended']]);
    expect(found[0]?.message).toMatch(
      / \d+ times or more in the last 5 minutes.*Field manager: team-operator \(user [^)]+\)$/,
    );
    const status = await statusOf();
    expect(status).toMatchObject({ summary: '4/4', problemCount: 1 });
    const ready = status.conditions.find(({ type }: { type: string }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'True', reason: 'Compliant' });
    expect([...fighter.failures, ...dry.failures]).toEqual([]);
    expect(fighter.updates()).toBeGreaterThanOrEqual(10);
    expect(dry.updates()).toBeGreaterThanOrEqual(10);
    // Nothing but the first change of the owner was stored.
    const after = await kubectl('get', 'configmap', 'fought-over', '-n', 'finance');
    expect(after.data['core-site.xml']).toBe(before.data['core-site.xml']);
    // The replica that leads need not be the one that was asked.
    const scraped = await Promise.all(metricsPorts.map(scrape));
    const reverted = scraped.map(({ sum }) => sum('ssekms_admission_reverted_updates_total'));
    console.log(`reverted updates, by replica: ${reverted}; the client has sent ${fighter.updates()}`);
    const all = reverted.reduce((a, b) => a + b);
    expect(all).toBeGreaterThanOrEqual(10);
    // One more may be under way, and one is the second apply of `written-once`.
    expect(all).toBeLessThanOrEqual(fighter.updates() + 2);
    const contended = scraped.map(({ series }) => series.get('ssekms_contended_objects{assignment="finance"}'));
    expect(contended.filter((count) => count !== undefined)).toEqual([1]);
    const [event] = await eventually(
      async () => (await kubectl('get', 'events', '-n', 'finance')).items as { reason: string; note?: string }[],
      (events) => events.length > 0,
    );
    expect(event?.reason).toBe('Contended');
    await dry.stop();
  });
});
