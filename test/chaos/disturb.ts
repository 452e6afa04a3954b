/**
 * Makes things go wrong: one disturbance, from its beginning to its end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../src/cluster/transport.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { release } from '../product/install.ts';
import type { Deployment, Replica } from '../rollout/deployment.ts';
import type { Disturbance } from './schedule.ts';

export interface Disturber {
  /** Resolves when its doing is over; what it left behind, as a killed replica's successor, may still be starting. */
  disturb(disturbance: Disturbance): Promise<void>;
  /** Everything back: what was paused goes on, the webhook is reachable, two replicas run. */
  heal(): Promise<void>;
  /** Replicas that ended without having been told to. */
  readonly ownEnds: string[];
  readonly counts: { kills: number; pauses: number; rollouts: number; restarts: number; cuts: number };
}

export function buildDisturber(cluster: ControlPlane, deployment: Deployment, api: Transport): Disturber {
  const counts = { kills: 0, pauses: 0, rollouts: 0, restarts: 0, cuts: 0 };
  const ownEnds: string[] = [];
  const paused = new Set<Replica>();
  const known = new Set<Replica>();
  /** The API server is restarted and paused, and its etcd paused, one after the other. */
  let controlPlane: Promise<void> = Promise.resolve();
  let cuts: Promise<void> = Promise.resolve();

  async function start(): Promise<void> {
    const replica = await deployment.start();
    known.add(replica);
    replica.process.ended.then(() => {
      if (known.delete(replica)) ownEnds.push(replica.name);
    });
  }

  async function kill(replicas: readonly Replica[], awayMs: number): Promise<void> {
    counts.kills += replicas.length;
    for (const replica of replicas) known.delete(replica);
    await Promise.all(replicas.map((replica) => deployment.end(replica, 'SIGKILL')));
    await sleep(awayMs);
    for (const _ of replicas) await start();
  }

  async function stand(pid: number, forMs: number): Promise<void> {
    counts.pauses++;
    process.kill(pid, 'SIGSTOP');
    await sleep(forMs);
    process.kill(pid, 'SIGCONT');
  }

  async function disturb(disturbance: Disturbance): Promise<void> {
    const replicas = deployment.replicas();
    const chosen = 'replica' in disturbance ? replicas[disturbance.replica % Math.max(1, replicas.length)] : undefined;
    switch (disturbance.kind) {
      case 'kill':
        return kill(chosen ? [chosen] : [], disturbance.awayMs);
      case 'killAll':
        return kill(replicas, disturbance.awayMs);
      case 'pause': {
        if (chosen === undefined || paused.has(chosen)) return;
        counts.pauses++;
        paused.add(chosen);
        process.kill(chosen.process.pid, 'SIGSTOP');
        await sleep(disturbance.forMs);
        paused.delete(chosen);
        if (chosen.process.alive()) process.kill(chosen.process.pid, 'SIGCONT');
        return;
      }
      case 'replace':
        if (chosen === undefined || paused.has(chosen)) return;
        counts.rollouts++;
        known.delete(chosen);
        await start();
        await deployment.end(chosen, 'SIGTERM');
        return;
      case 'restartApiServer':
        controlPlane = controlPlane.then(async () => {
          counts.restarts++;
          if (disturbance.signal === 'SIGKILL') process.kill(cluster.pids.apiServer, 'SIGKILL');
          await cluster.restartApiServer(() => sleep(disturbance.awayMs));
        });
        return controlPlane;
      case 'pauseApiServer':
        controlPlane = controlPlane.then(() => stand(cluster.pids.apiServer, disturbance.forMs));
        return controlPlane;
      case 'pauseEtcd':
        controlPlane = controlPlane.then(() => stand(cluster.pids.etcd, disturbance.forMs));
        return controlPlane;
      case 'cutWebhook':
        cuts = cuts.then(async () => {
          counts.cuts++;
          deployment.balancer.passage = disturbance.passage;
          await sleep(disturbance.forMs);
          deployment.balancer.passage = 'open';
        });
        return cuts;
      case 'clearCaBundle': {
        const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${release}`;
        const body = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }];
        // An API server that is away is another disturbance.
        await api.send({ method: 'PATCH', path, contentType: 'application/json-patch+json', body }).catch(() => {});
      }
    }
  }

  return {
    disturb,
    async heal() {
      await Promise.all([controlPlane, cuts]);
      for (const replica of paused) if (replica.process.alive()) process.kill(replica.process.pid, 'SIGCONT');
      while (deployment.replicas().length < 2) await start();
      await Promise.all(deployment.replicas().map((replica) => deployment.untilReady(replica, 300)));
    },
    ownEnds,
    counts,
  };
}
