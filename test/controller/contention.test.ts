/**
 * Two replicas, a real API server, and a client that compares and repeats: who fights for an object is in the status, whichever
 * replica answers the reviews. Replicas exchange counts ten times a second here, and the clock of the counts can jump.
 */
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { windowMs } from '../../src/core/contention.ts';
import { type ComparingClient, startComparingClient } from '../apiserver/comparing-client.ts';
import { type Cluster, eventually, startCluster } from '../cluster-client/cluster.ts';
import { describeWith } from '../run/needs.ts';
import {
  buildWords,
  installCrd,
  installWebhook,
  plain,
  type Running,
  runOperator,
  type Webhook,
} from './installation.ts';

let cluster: Cluster;
let webhook: Webhook;
let words: ReturnType<typeof buildWords>;
let leader: Running;
let follower: Running;
let client: ComparingClient | undefined;
let skippedMs = 0;
let tests = 0;
let ns: string;
const warnings: string[] = [];

const start = (name: string) => {
  const write = (line: string) => void warnings.push(JSON.parse(line).msg);
  const contentionTiming = { everyMs: 100, now: () => performance.now() + skippedMs };
  return runOperator(cluster, webhook, { name, contentionTiming, log: pino({ level: 'warn' }, { write }) });
};

const problems = async () => ((await words.status('finance')).problems ?? []).map(({ reason, name }) => [reason, name]);
const contended = [['Contended', 'hadoop']];

function fight(): ComparingClient {
  const { kubeconfigPath } = cluster.config;
  client = startComparingClient({
    ...{ kubeconfigPath, namespace: ns, name: 'hadoop', file: plain, fieldManager: 'team-operator', everyMs: 50 },
  });
  return client;
}

describeWith(['control plane'], 'a contended object', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    words = buildWords(cluster.api);
    await installCrd(cluster.api);
    webhook = await installWebhook(cluster.api);
  });
  afterAll(async () => {
    await webhook?.leave();
    await cluster?.stop();
  });

  beforeEach(async () => {
    ns = `ns-${++tests}`;
    warnings.length = 0;
    leader = await start(`leader-${tests}`);
    follower = await start(`follower-${tests}`);
    await leader.operator.lead();
    await words.namespace(ns);
    await words.assign('finance', { namespaces: [ns] });
    await words.object(ns, 'hadoop');
    await eventually(() => words.isReady('finance', 'Compliant', '1/1'));
  });
  afterEach(async () => {
    await client?.stop();
    await Promise.all([leader.stop(), follower.stop()]);
    await words.unassignAll();
  });

  it('is named by the leader, though only another replica sees the updates, and once in an Event', async () => {
    fight();
    await eventually(async () => expect(await problems()).toEqual(contended));
    const [{ message = '' } = {}] = (await words.status('finance')).problems ?? [];
    expect(message).toMatch(/Field manager: team-operator \(user /);
    await words.isReady('finance', 'Compliant', '1/1');
    expect(leader.operator.countContended()?.get('finance')).toBe(1);
    expect(follower.operator.countContended()).toBeUndefined();
    await eventually(async () => expect((await words.events(ns)).map(({ reason }) => reason)).toEqual(['Contended']));
    const before = leader.writes().length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // Ten more readings: the numbers in the status change at powers of ten, their halves and fifths alone.
    expect(leader.writes().length - before).toBeLessThanOrEqual(2);
    expect(await words.events(ns)).toHaveLength(1);
  });

  it('is none any more when its client has stopped for five minutes, and then nothing is written', async () => {
    const fighter = fight();
    await eventually(async () => expect(await problems()).toEqual(contended));
    await fighter.stop();
    skippedMs += windowMs / 2;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await problems()).toEqual(contended);
    skippedMs += windowMs / 2 + 20_000;
    await eventually(async () => expect(await problems()).toEqual([]));
    expect(leader.operator.countContended()?.get('finance')).toBe(0);
    const before = [leader, follower].map((replica) => replica.writes().length);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect([leader, follower].map((replica) => replica.writes().length)).toEqual(before);
  });

  it('is named by the next leader, too, which never writes a status without it', async () => {
    fight();
    await eventually(async () => expect(await problems()).toEqual(contended));
    await leader.operator.follow();
    await follower.operator.lead();
    const end = Date.now() + 3000;
    while (Date.now() < end) expect(await problems()).toEqual(contended);
    expect(follower.operator.countContended()?.get('finance')).toBe(1);
  });

  it('stays named while the Lease is refused, until its counts are old; one warning says so', async () => {
    const forbidden = {
      kind: 'Status',
      status: 'Failure',
      code: 403,
      reason: 'Forbidden',
      message: 'leases: not yours',
    };
    fight();
    await eventually(async () => expect(await problems()).toEqual(contended));
    leader.network.fault = ({ url }) =>
      url.pathname.endsWith('/leases/contention') ? { status: 403, body: forbidden } : undefined;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await problems()).toEqual(contended);
    skippedMs += windowMs + 1;
    await eventually(async () => expect(await problems()).toEqual([]));
    expect(warnings).toEqual(['could not exchange counts of reverted updates, trying again']);
    leader.network.fault = () => undefined;
    await eventually(async () => expect(await problems()).toEqual(contended));
  });
});
