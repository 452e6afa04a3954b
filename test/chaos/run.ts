/**
 * One chaos run: a backfill begins, things go wrong while administrators and clients go on, everything comes back, and then
 * all has to be well.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Say } from '../controlplane/progress.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { namespace as toNamespace } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { type Deployment, installDeployment } from '../rollout/deployment.ts';
import { buildAdministrator, toAssignment } from './administer.ts';
import { startClients } from './clients.ts';
import { buildDisturber, type Disturber } from './disturb.ts';
import { buildLedger, type Ledger } from './ledger.ts';
import { buildSchedule, type Step } from './schedule.ts';
import { findProblems, type Stored } from './verify.ts';
import { buildWorld, keyOf, type StartingWorld } from './world.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long things go wrong. */
  readonly seconds: number;
  /** How many ConfigMaps there are before the operator. */
  readonly configMaps: number;
  /** How long all may take to be well once everything is back. */
  readonly patienceSeconds: number;
  /** Hears of every step. */
  readonly say: Say;
}

export interface ChaosReport {
  readonly counts: Disturber['counts'];
  readonly changes: number;
  readonly requests: { readonly requests: number; readonly denied: number; readonly failed: number };
  readonly configMaps: number;
  /** From the time everything was back. */
  readonly wellAfterSeconds: number;
  /** What was not well in the end: empty, or something was lost. */
  readonly problems: readonly string[];
}

/** On a control plane of its own, which nothing was installed on. */
export async function runChaos(cluster: ControlPlane, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, seconds, say } = options;
  const world = buildWorld(seed, options.configMaps);
  const schedule = buildSchedule(seed, seconds, world);
  const ledger = buildLedger();
  const api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster.kubeconfigPath] }));
  let deployment: Deployment | undefined;
  try {
    await populate(api, world, ledger);
    say(`${world.configMaps.length} ConfigMaps in ${world.namespaces.length} namespaces`);
    deployment = await installDeployment(cluster, {
      propagation: () => 500 + Math.random() * 500,
      drainSeconds: 3,
      // So short that those killed are succeeded many times.
      flags: ['--lease-seconds=3'],
    });
    const disturber = buildDisturber(cluster, deployment, api);
    await disturber.heal();
    for (const [index, assignment] of world.assignments.entries()) {
      const path = '/apis/ssekms.io/v1alpha1/kmskeyassignments';
      await api.send({ method: 'POST', path, body: toAssignment(assignment, keyOf(index)) });
    }
    say('assigned: the backfill begins');
    const names = world.namespaces.map(({ name }) => name);
    const clients = startClients({ api, seed, count: 4, namespaces: names, ledger });
    const administer = buildAdministrator(api, ledger);
    let turn: Promise<void> = Promise.resolve();
    const startedAt = performance.now();
    await Promise.all([
      inTime(startedAt, schedule.disturbances, say, (step) => disturber.disturb(step)),
      inTime(startedAt, schedule.changes, say, (step) => {
        turn = turn.then(() => administer(step));
        return turn;
      }),
    ]);
    await disturber.heal();
    await untilLed(api, deployment);
    let keys = 1_000_000;
    for (const { policy, forMs } of schedule.finale) {
      say(`the finale: all keys are rotated, and the webhook is cut off for ${forMs} ms under ${policy}`);
      await administer({ kind: 'failurePolicy', policy });
      const { assignments } = await read(api);
      await Promise.all([
        ...assignments.map(({ metadata }) =>
          administer({ kind: 'rotate', assignment: metadata.name, key: keyOf(keys++) }),
        ),
        disturber.disturb({ kind: 'cutWebhook', passage: 'refused', forMs }),
      ]);
    }
    await administer({ kind: 'failurePolicy', policy: 'Fail' });
    await clients.stop();
    say('everything is back');
    const healedAt = performance.now();
    const problems = await untilWell(api, ledger, options);
    const wellAfterSeconds = Math.round((performance.now() - healedAt) / 1000);
    const stillProblems = problems.length > 0 ? problems : await findUnrest(api);
    const stored = await read(api);
    return {
      counts: disturber.counts,
      changes: schedule.changes.length,
      requests: clients.tally,
      configMaps: stored.configMaps.length,
      wellAfterSeconds,
      problems: [...stillProblems, ...disturber.ownEnds.map((name) => `${name} ended by itself`)],
    };
  } finally {
    await deployment?.stop();
    api.close();
  }
}

/** Resolves when one of the replicas that run now leads. */
async function untilLed(api: Transport, deployment: Deployment): Promise<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/${release}`;
  for (;;) {
    const { spec } = (await api.send({ path })) as KubernetesObject;
    if (deployment.replicas().some(({ name }) => spec.holderIdentity?.startsWith(`${name}_`))) return;
    await sleep(200);
  }
}

/** Starts each step at its time, whether or not those before have come to their end; resolves when all have. */
async function inTime<T>(
  startedAt: number,
  steps: readonly Step<T>[],
  say: Say,
  perform: (step: T) => Promise<void>,
): Promise<void> {
  const performing: Promise<void>[] = [];
  for (const { atMs, does } of steps) {
    await sleep(Math.max(0, startedAt + atMs - performance.now()));
    say(`${(atMs / 1000).toFixed(1)} s: ${JSON.stringify(does)}`);
    performing.push(perform(does));
  }
  await Promise.all(performing);
}

async function populate(api: Transport, { namespaces, configMaps }: StartingWorld, ledger: Ledger): Promise<void> {
  for (const { name, tier } of namespaces) {
    await api.send({ method: 'POST', path: '/api/v1/namespaces', body: toNamespace(name, { tier }) });
  }
  const rest = configMaps.values();
  const work = async () => {
    for (const { namespace, name, body } of rest) {
      await api.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/configmaps`, body });
      ledger.done(`${namespace}/${name}`, '0');
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function untilWell(api: Transport, ledger: Ledger, { patienceSeconds, say }: ChaosOptions): Promise<string[]> {
  const deadline = performance.now() + patienceSeconds * 1000;
  for (;;) {
    const stored = await read(api);
    const problems = [...findProblems(stored), ...ledger.differences(stored.configMaps)];
    if (problems.length === 0 || performance.now() > deadline) return problems;
    say(`${problems.length} not well yet, for example: ${problems.at(-1)?.slice(0, 300)}`);
    await sleep(1000);
  }
}

/** What is written although all is well: nothing should be. */
async function findUnrest(api: Transport): Promise<string[]> {
  const before = versions(await read(api));
  await sleep(3000);
  const after = versions(await read(api));
  return [...after].filter(([key, version]) => before.get(key) !== version).map(([key]) => `${key} is written again`);
}

function versions({ configMaps, assignments }: Stored): Map<string, string> {
  const all = [...configMaps, ...assignments];
  return new Map(all.map(({ metadata }) => [`${metadata.namespace ?? ''}/${metadata.name}`, metadata.resourceVersion]));
}

async function read(api: Transport): Promise<Stored> {
  const list = async (path: string) => ((await api.send({ path })) as { items: KubernetesObject[] }).items;
  const [namespaces, assignments, configMaps] = await Promise.all([
    list('/api/v1/namespaces'),
    list('/apis/ssekms.io/v1alpha1/kmskeyassignments'),
    list('/api/v1/configmaps'),
  ]);
  const ours = configMaps.filter(({ metadata }) => metadata.namespace.startsWith('team-'));
  return { namespaces, assignments, configMaps: ours };
}

/** The figures, in a line. */
export function summarize({ seed }: ChaosOptions, report: ChaosReport): string {
  const { counts, changes, requests, configMaps, wellAfterSeconds, problems } = report;
  return [
    `seed ${seed}: ${configMaps} ConfigMaps`,
    `${counts.kills} replicas killed, ${counts.rollouts} replaced, ${counts.pauses} pauses, ${counts.cuts} cuts`,
    `${counts.restarts} restarts of the API server, ${changes} changes`,
    `${requests.requests} requests of clients (${requests.denied} denied, ${requests.failed} failed)`,
    `well ${wellAfterSeconds} s after everything was back, ${problems.length} problems`,
  ].join('; ');
}
