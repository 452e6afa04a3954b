import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import { chart, operatorNamespace, release } from '../product/install.ts';
import { assignment, firstKey, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import type { Phase } from './load/phase.ts';
import { type Load, startLoad } from './load/start-load.ts';
import { memoryOf, processOf } from './operator-process.ts';
import { patiently } from './patiently.ts';
import { tell, useNode } from './use-node.ts';

const clients = 2;
/** Seconds: a leaf is renewed after two thirds of its lifetime, so every 20 s. */
const leafLifetime = 30;
const minutes = 60_000;

describeWith(
  ['kubernetes node'],
  `availability on a real node, to ${clients} clients that create ConfigMaps without a pause`,
  () => {
    const suite = useNode();
    let load: Load;

    const kubectl = (...args: string[]) =>
      suite.node().kubectl([...args, '--namespace', operatorNamespace], { timeout: 180_000 });
    const rolledOut = () => kubectl('rollout', 'status', `deployment/${release}`, '--timeout', '150s');
    const holder = async (): Promise<string> =>
      (await suite.get('lease', release, operatorNamespace)).spec.holderIdentity ?? '';

    beforeAll(async () => {
      await suite.install();
      await suite.apply(namespace('load'), assignment('load', ['load']));
      load = startLoad(suite.node(), 'load', clients);
      await load.during('warm-up', () => sleep(3_000));
    });
    afterAll(() => load?.stop());

    async function during(name: string, work: () => Promise<unknown>): Promise<Phase> {
      const phase = await load.during(name, work);
      const seconds = ((Date.now() - phase.started) / 1000).toFixed(0);
      const failures = phase.failures.length === 0 ? '' : ` (${JSON.stringify(phase.failures.slice(0, 5))})`;
      tell(
        `${name}: ${phase.requests} requests in ${seconds} s, ${phase.failures.length} failed${failures}, ` +
          `${phase.withoutKey} without their key, the slowest took ${phase.slowest} ms`,
      );
      expect(phase.requests).toBeGreaterThan(0);
      return phase;
    }

    const spotless = (phase: Phase) => expect({ failures: phase.failures, withoutKey: phase.withoutKey });
    const clean = { failures: [], withoutKey: 0 };

    it(
      'fails no request while it is restarted ten times in turn',
      async () => {
        const phase = await during('ten rolling restarts', async () => {
          for (let restart = 0; restart < 10; restart++) {
            await kubectl('rollout', 'restart', `deployment/${release}`);
            await rolledOut();
          }
        });
        spotless(phase).toEqual(clean);
      },
      15 * minutes,
    );

    it('fails no request when the pod that leads is deleted', async () => {
      const leader = await patiently(holder, Boolean);
      const phase = await during('the leader deleted', async () => {
        await kubectl('delete', 'pod', leader.split('_')[0] ?? '', '--wait');
        await rolledOut();
        await patiently(holder, (name) => name !== '' && name !== leader);
      });
      spotless(phase).toEqual(clean);
    });

    it('fails no request when kube-proxy is killed, and starts again', async () => {
      const phase = await during('kube-proxy restarted', async () => {
        suite.node().restart('kube-proxy');
        await sleep(15_000);
      });
      spotless(phase).toEqual(clean);
    });

    it(
      'fails no request through an upgrade and a rollback',
      async () => {
        const lifetime = `certificates.selfManaged.leafLifetimeSeconds=${leafLifetime}`;
        const wait = ['--wait', '--timeout', '150s'];
        const phase = await during('upgrade, rollback, upgrade', async () => {
          await suite.helm('upgrade', chart, ...wait, '--set', lifetime);
          await suite.helm('rollback', '1', ...wait);
          await suite.helm('upgrade', chart, ...wait, '--set', lifetime);
        });
        spotless(phase).toEqual(clean);
      },
      10 * minutes,
    );

    it(
      `fails no request in five minutes in which certificates are renewed every ${(leafLifetime * 2) / 3} s`,
      async () => {
        const phase = await during('certificates renewed', () => sleep(5 * minutes));
        spotless(phase).toEqual(clean);
      },
      10 * minutes,
    );

    it('needs less memory under this load than half of its limit', async () => {
      for (const { metadata, spec } of await suite.operatorPods()) {
        const { now, most } = memoryOf(processOf(metadata.uid));
        tell(`memory of ${metadata.name} after five minutes of load: ${now} MB, at most ${most} MB`);
        expect(most).toBeLessThan(Number.parseInt(spec.containers[0].resources.limits.memory, 10) / 2);
      }
    });

    it('stores nothing without its key when a replica is killed without a warning, and answers again at once', async () => {
      const [first] = await suite.operatorPods();
      const killed = Date.now();
      let noticed = 0;
      const phase = await during('a replica killed by SIGKILL', async () => {
        process.kill(processOf(first.metadata.uid), 'SIGKILL');
        const restarts = async () =>
          (await suite.get('pod', first.metadata.name, operatorNamespace)).status.containerStatuses[0];
        await patiently(
          restarts,
          ({ restartCount, ready }) => restartCount > first.status.containerStatuses[0].restartCount && ready,
        );
        noticed = Date.now() - killed;
        await sleep(2_000);
      });
      tell(`the killed replica was ready again after ${noticed} ms`);
      // No server can answer what it had in hand when it was killed, nor what is sent to it before the node has noticed.
      expect(phase.withoutKey).toBe(0);
      // What each client had in its hand, and a few that were refused before the endpoints had changed.
      expect(phase.failures.length).toBeLessThanOrEqual(clients * 10);
      for (const { message, afterMs } of phase.failures) {
        expect(message).toContain('failed calling webhook');
        expect(afterMs).toBeLessThan(5_000);
      }
    });

    it('restarted nothing by itself, and every ConfigMap that is stored has its key', async () => {
      const stored = await suite.list('configmaps', 'load', '--selector', '!none');
      const files = stored.flatMap(({ data }) => data['core-site.xml'] ?? []);
      expect(files.length).toBeGreaterThan(50);
      expect(files.filter((file: string) => effectiveEncryption(file).key !== firstKey)).toEqual([]);
      const restarts = (await suite.operatorPods()).map(({ status }) => status.containerStatuses[0].restartCount);
      expect(restarts.reduce((sum, count) => sum + count, 0)).toBe(1);
    });
  },
);
