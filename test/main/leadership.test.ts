/**
 * Three replicas as processes that get real signals: whatever happens to the leader or to its Lease, one of them at a time
 * writes, and what it finds to do is what is left to do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { eventually } from '../cluster-client/cluster.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { assignment, configMap, namespace, plainFile } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { installReplicas, type Replica, type Replicas } from './replicas.ts';

vi.setConfig({ testTimeout: 120_000 });

const leaseSeconds = 5;
/** Seconds: a machine that does much else takes its time. */
const patience = 60;
const configObjectCount = 12;
const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/${release}`;
const configMaps = '/api/v1/namespaces/finance/configmaps';
const arnOf = (n: number) =>
  `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-${String(n).padStart(12, '0')}`;

interface Lease {
  readonly metadata: { readonly uid: string };
  readonly spec: {
    readonly holderIdentity: string;
    readonly acquireTime: string;
    readonly renewTime: string;
    readonly leaseTransitions: number;
  };
}

describeWith(['control plane'], 'of three replicas', () => {
  const cluster = useControlPlane();
  let replicas: Replicas;
  let api: Transport;
  let key = 1;

  beforeAll(async () => {
    // Ignored failures let a test write past the webhook.
    replicas = await installReplicas(cluster(), [
      `controller.leaseSeconds=${leaseSeconds}`,
      'webhook.failurePolicy=Ignore',
    ]);
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    const names = Array.from({ length: configObjectCount }, (_, i) => `cm-${i}`);
    const assigned = assignment('finance', ['finance'], { key: { arn: arnOf(key) } });
    await apply(namespace('finance'), ...names.map((name) => configMap('finance', name)), assigned);
    await Promise.all([replicas.start(), replicas.start(), replicas.start()]);
    replicas.serveBy(replicas.all()[0]);
    await allEncrypted();
  }, 180_000);
  afterAll(async () => {
    await replicas?.stop();
    api?.close();
  });

  /** There are three again, and the webhook is answered. */
  beforeEach(async () => {
    while (replicas.all().length < 3) await replicas.start();
    replicas.serveBy(followers(await leader())[0]);
  });

  async function apply(...items: object[]): Promise<void> {
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await cluster().kubectl(['apply', '--filename', '-'], { stdin });
  }

  const merge = (path: string, body: object) =>
    api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  const readLease = async () => (await api.send({ path: leasePath })) as Lease;

  /** The replica that the Lease names, once it names one that runs. */
  async function leader(other?: Replica): Promise<Replica> {
    let found: Replica | undefined;
    await eventually(async () => {
      const { holderIdentity } = (await readLease()).spec;
      found = replicas.all().find(({ name }) => holderIdentity.startsWith(`${name}_`));
      return found !== undefined && found !== other;
    }, patience);
    return found as Replica;
  }

  const followers = (of: Replica) => replicas.all().filter((replica) => replica !== of);

  async function rotate(): Promise<void> {
    key += 1;
    await merge('/apis/ssekms.io/v1alpha1/kmskeyassignments/finance', { spec: { key: { arn: arnOf(key) } } });
  }

  async function keyOf(name: string): Promise<string | undefined> {
    const { data } = (await api.send({ path: `${configMaps}/${name}` })) as { data: Record<string, string> };
    return effectiveEncryption(data['core-site.xml'] ?? '').key;
  }

  /** Every config object holds the assigned key, and the status says so of this very generation. */
  async function allEncrypted(): Promise<void> {
    await eventually(async () => {
      const { items } = (await api.send({ path: configMaps })) as { items: { data: Record<string, string> }[] };
      const keys = items.map(({ data }) => effectiveEncryption(data['core-site.xml'] ?? '').key);
      expect(new Set(keys)).toEqual(new Set([arnOf(key)]));
      const path = '/apis/ssekms.io/v1alpha1/kmskeyassignments/finance';
      const { metadata, status } = (await api.send({ path })) as {
        metadata: { generation: number };
        status: { observedGeneration: number; summary: string };
      };
      expect(status.observedGeneration).toBe(metadata.generation);
      expect(status.summary).toBe(`${items.length}/${items.length}`);
    }, patience);
  }

  const readiness = async ({ probePort }: Replica) => (await fetch(`http://localhost:${probePort}/readyz`)).status;

  /** Who wrote since then, by name. */
  const writersSince = (at: number) =>
    replicas
      .all()
      .filter(({ writes }) => writes.some((write) => write.at >= at))
      .map(({ name }) => name);
  const readmittedSince = (at: number, { writes }: Replica) =>
    writes
      .filter((write) => write.at >= at && write.method === 'PATCH')
      .map(({ path }) => path.split('/').at(-1))
      .sort();

  it('one writes, and each is ready and answers the webhook', async () => {
    const leading = await leader();
    for (const replica of replicas.all()) {
      replicas.serveBy(replica);
      const since = performance.now();
      await rotate();
      await allEncrypted();
      expect(writersSince(since)).toEqual([leading.name]);
      expect(await readiness(replica)).toBe(200);
    }
  });

  it('the next takes over at once from one that is told to end, and writes nothing where nothing is left to do', async () => {
    const old = await leader();
    const since = performance.now();
    expect(await old.process.end('SIGTERM')).toBe(0);
    const endedAt = performance.now();
    const released = await readLease();
    const next = await leader(old);
    const taken = await readLease();
    // Both times are of one clock here. Nobody waited for the lease to run out.
    const waitedMs = Date.parse(taken.spec.acquireTime) - Date.parse(released.spec.renewTime);
    expect(waitedMs).toBeLessThan(leaseSeconds * 1000);
    await rotate();
    await allEncrypted();
    expect(writersSince(since)).toEqual([next.name]);
    expect(readmittedSince(since, next)).toHaveLength(configObjectCount);
    expect(old.writes.filter(({ at }) => at >= endedAt)).toEqual([]);
  });

  it('one that is told to end lets its last writes end before it gives the Lease back', async () => {
    const old = await leader();
    const answering = Promise.withResolvers<void>();
    const answer = { status: 500, body: {}, after: answering.promise };
    old.network.fault = ({ method, url }) =>
      method === 'PATCH' && url.pathname.includes('/configmaps/') ? answer : undefined;
    const since = performance.now();
    await rotate();
    await eventually(() => readmittedSince(since, old).length > 0, patience);
    const ended = old.process.end('SIGTERM');
    await sleep(300);
    const answeredAt = performance.now();
    answering.resolve();
    expect(await ended).toBe(0);
    // Nothing else follows the last answer.
    const last = old.leaseRequests.at(-1);
    expect(last?.method).toBe('PUT');
    expect(last?.at).toBeGreaterThan(answeredAt);
    expect((await leader(old)).name).not.toBe(old.name);
    await allEncrypted();
  });

  it('the next takes over when one is killed, once the lease ran out, and makes right what changed meanwhile alone', async () => {
    const old = await leader();
    const before = await readLease();
    await old.process.end('SIGKILL');
    const since = performance.now();
    // Past the webhook, and while nobody leads.
    replicas.serveBy(undefined);
    for (const name of ['cm-3', 'cm-7']) await merge(`${configMaps}/${name}`, { data: { 'core-site.xml': plainFile } });
    expect(writersSince(since)).toEqual([]);
    replicas.serveBy(followers(old)[0]);
    const next = await leader(old);
    const after = await readLease();
    const waitedMs = Date.parse(after.spec.acquireTime) - Date.parse(before.spec.renewTime);
    expect(waitedMs).toBeGreaterThanOrEqual(leaseSeconds * 1000);
    await allEncrypted();
    expect(writersSince(since)).toEqual([next.name]);
    expect(readmittedSince(since, next)).toEqual(['cm-3', 'cm-7']);
  });

  it('one that is stopped for longer than the lease, in the middle of its work, undoes nothing when it goes on, and follows', async () => {
    const old = await leader();
    // It has readmissions in flight, and more to send as soon as one of these ends.
    const answering = Promise.withResolvers<void>();
    const answer = { status: 500, body: {}, after: answering.promise };
    old.network.fault = ({ method, url }) =>
      method === 'PATCH' && url.pathname.includes('/configmaps/') ? answer : undefined;
    const since = performance.now();
    await rotate();
    await eventually(() => readmittedSince(since, old).length > 0, patience);
    process.kill(old.process.pid, 'SIGSTOP');
    const next = await leader(old);
    await allEncrypted();
    expect(new Set(readmittedSince(since, next))).toHaveProperty('size', configObjectCount);
    // The answers are there when it goes on, with connections that are free: it may send more before it finds out.
    answering.resolve();
    old.network.fault = () => undefined;
    await rotate();
    const goesOn = performance.now();
    process.kill(old.process.pid, 'SIGCONT');
    await eventually(
      () => old.leaseRequests.filter(({ at, method }) => at >= goesOn && method === 'GET').length > 3,
      patience,
    );
    const follows = performance.now();
    await rotate();
    await allEncrypted();
    expect(writersSince(follows)).toEqual([next.name]);
    expect(old.process.alive()).toBe(true);
    // It stands for election again, with the caches that it has.
    expect(await readiness(old)).toBe(200);
  });

  it('one that is cut off from the API server stops writing before another begins, and leads again later without a restart', async () => {
    const old = await leader();
    old.network.fault = ({ url }) => (url.pathname.includes('/leases/') ? 'hang' : undefined);
    // Work all the time: each round is readmitted by whoever leads.
    let over = false;
    const since = performance.now();
    const work = (async () => {
      while (!over) {
        await rotate();
        await sleep(200);
      }
    })();
    const next = await leader(old);
    await eventually(() => next.writes.some(({ at }) => at >= since), patience);
    await eventually(() => next.writes.filter(({ at }) => at >= since).length > 2 * configObjectCount, patience);
    over = true;
    await work;
    await allEncrypted();
    const last = Math.max(...old.writes.map(({ at }) => at));
    const first = Math.min(...next.writes.filter(({ at }) => at >= since).map(({ at }) => at));
    expect(last).toBeGreaterThan(since);
    expect(last).toBeLessThan(first);
    old.network.fault = () => undefined;
    old.network.cutAll();
    for (const other of followers(old)) await other.process.end('SIGTERM');
    expect((await leader()).name).toBe(old.name);
    replicas.serveBy(old);
    await rotate();
    await allEncrypted();
  });

  it('the leader stays, and nobody else begins, where somebody deletes the Lease or empties it', async () => {
    const before = await leader();
    // What was never seen isn't missed.
    await eventually(() => replicas.all().every(({ leaseRequests }) => leaseRequests.length > 1), patience);
    const since = performance.now();
    const { metadata } = await readLease();
    await api.send({ method: 'DELETE', path: leasePath });
    await eventually(async () => (await readLease()).metadata.uid !== metadata.uid, patience);
    expect((await leader()).name).toBe(before.name);
    await merge(leasePath, { spec: { holderIdentity: '' } });
    expect((await leader()).name).toBe(before.name);
    await rotate();
    await allEncrypted();
    expect(writersSince(since)).toEqual([before.name]);
  });

  it('nobody writes any more where somebody else took the Lease, until that one lets it run out', async () => {
    const before = await leader();
    await merge(leasePath, { spec: { holderIdentity: 'somebody' } });
    const seen = before.leaseRequests.length;
    await eventually(() => before.leaseRequests.slice(seen).some(({ method }) => method === 'GET'), patience);
    const taken = await readLease();
    expect(taken.spec.holderIdentity).toBe('somebody');
    const since = performance.now();
    await rotate();
    const next = await leader();
    const acquired = Date.parse((await readLease()).spec.acquireTime) - (Date.now() - performance.now());
    await allEncrypted();
    expect(writersSince(since)).toEqual([next.name]);
    expect(next.writes.filter(({ at }) => at >= since && at < acquired)).toEqual([]);
  });

  it('one leads again after the API server was restarted', async () => {
    await cluster().restartApiServer();
    const since = performance.now();
    await eventually(rotate, patience);
    await allEncrypted();
    // Whoever it is now, one alone has done it.
    expect(writersSince(since)).toHaveLength(1);
  });

  it('one that hears nothing any more, without a connection being closed, is unhealthy, and recovers', async () => {
    // It lists all anew every ten seconds, so that quiet watches are no silence.
    const one = await replicas.start('--stale-seconds=16', '--resync-seconds=10');
    const health = async () => (await fetch(`http://localhost:${one.probePort}/healthz`)).status;
    const syncedTwice = () => one.network.requests.filter((line) => /\/namespaces\?limit/.test(line)).length > 2;
    await eventually(async () => {
      expect(await health()).toBe(200);
      return syncedTwice();
    }, patience);
    one.network.fault = () => 'hang';
    one.network.freeze();
    await eventually(async () => (await health()) === 503, patience);
    one.network.fault = () => undefined;
    one.network.cutAll();
    await eventually(async () => (await health()) === 200, patience);
    await one.process.end('SIGTERM');
  });

  it('yesterday’s key, written by one whose caches lag behind, is put right by the leader', async () => {
    const leading = await leader();
    const [stale, fresh] = followers(leading) as [Replica, Replica];
    replicas.serveBy(stale);
    const yesterday = arnOf(key);
    // Its watches hang from now on; nothing tells it so.
    stale.network.freeze();
    // The leader's repair would be answered by it, too.
    leading.network.fault = ({ method, url }) =>
      method === 'PATCH' && url.pathname.includes('/configmaps/') ? 'cut' : undefined;
    await rotate();
    await apply(configMap('finance', 'of-yesterday'));
    expect(await keyOf('of-yesterday')).toBe(yesterday);
    leading.network.fault = () => undefined;
    replicas.serveBy(fresh);
    await allEncrypted();
    expect(await keyOf('of-yesterday')).toBe(arnOf(key));
  });
});
