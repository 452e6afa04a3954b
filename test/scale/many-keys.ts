/**
 * `npm run scale:keys`: what ConfigMaps of very many keys cost the API server when the operator changes one, beside the same
 * change by an administrator; and what they cost the repairs of other namespaces.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { fieldManager } from '../../src/cluster/field-manager.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { applyShares, assignAll, untilCompliant } from './assignments.ts';
import { buildFixture, type Fixture } from './fixture.ts';
import { untilQuiet } from './lead.ts';
import { readCpuSeconds } from './program.ts';
import { type Stage, setStage } from './stage.ts';

const sizes = [5000, 10_000, 20_000, 40_000, 60_000];
/** Of 60,000 keys, all in one namespace. */
const crowds = [0, 10, 18];
const [healthy, changes, patience] = [61, 3, { timeoutSeconds: 300 }];

function toData(keys: number): Record<string, string> {
  const data: Record<string, string> = { 'core-site.xml': '<configuration/>' };
  for (let index = 1; index < keys; index++) data[index.toString(36)] = '';
  return data;
}

/** Seconds of the API server's processor for one change, as is whatever else it does meanwhile. */
async function costOf(keys: number, clients: readonly Transport[], { api, cluster }: Stage): Promise<string[]> {
  const path = '/api/v1/namespaces/default/configmaps';
  const body = { metadata: { name: `keys-${keys}` }, data: toData(keys) };
  await api.send({ method: 'POST', path, body, ...patience });
  const costs: string[] = [];
  for (const client of clients) {
    const before = readCpuSeconds(cluster.pids.apiServer);
    for (let change = 0; change < changes; change++) {
      const data = { 'core-site.xml': `<configuration>${clients.indexOf(client)}.${change}</configuration>` };
      const request = { path: `${path}/keys-${keys}`, query: { fieldManager }, body: { data }, ...patience } as const;
      // The policy denies the operator what it writes by itself, after it has compared all.
      await client.send({ method: 'PATCH', contentType: 'application/merge-patch+json', ...request }).catch(() => {});
    }
    costs.push(((readCpuSeconds(cluster.pids.apiServer) - before) / changes).toFixed(2));
  }
  await api.send({ method: 'DELETE', path: `${path}/keys-${keys}`, ...patience });
  return costs;
}

/** Seconds from the change of an assignment until the last ConfigMap of another namespace was repaired, and half of them. */
async function rotate(fixture: Fixture, crowd: string, keyNumber: number, { api, audit }: Stage) {
  await untilQuiet(audit);
  const startedAt = Date.now();
  await assignAll(api, fixture, keyNumber);
  const done = new Map<string, number>();
  while (done.size < healthy) {
    if (Date.now() - startedAt > 300_000) throw new Error(`${done.size} of ${healthy} were repaired within 5 minutes`);
    await sleep(200);
    for (const { verb, resource, code, namespace, name, answeredAt } of await audit.next()) {
      const isRepair = verb === 'patch' && resource === 'configmaps' && code === 200 && namespace !== crowd;
      if (isRepair && !done.has(name)) done.set(name, (answeredAt - startedAt) / 1000);
    }
  }
  const times = [...done.values()].sort((a, b) => a - b);
  return [times[Math.floor(healthy / 2)], times.at(-1)].map((time) => time?.toFixed(2));
}

async function measure(say: (state: string) => void): Promise<string[]> {
  const fixture = buildFixture({ configMaps: healthy, configObjects: healthy, namespaces: 20, assignments: 2 });
  const crowd = 'crowd';
  const all = (keyNumber: number) => {
    const assignment = fixture.all(keyNumber) as { spec: { namespaces: readonly string[] } };
    return { ...assignment, spec: { ...assignment.spec, namespaces: [...assignment.spec.namespaces, crowd] } };
  };
  const stage = await setStage(fixture, [], say);
  const program = await stage.start({});
  try {
    const { api } = stage;
    const hands = buildTransport(loadKubeConfig({ kind: 'files', paths: [stage.kubeconfig] }));
    const lines = ['API server, seconds of the processor for one change: keys, by an administrator, by the operator'];
    for (const keys of sizes) {
      say(`changing one of ${keys} keys`);
      lines.push(`${String(keys).padStart(6)}  ${(await costOf(keys, [api, hands], stage)).join('  ')}`);
    }
    await applyShares(api, fixture);
    await untilCompliant(api, healthy, say);
    await api.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: crowd } } });
    lines.push(`repairs of ${healthy} others, seconds after a rotation: crowd of 60,000 keys each, median, last`);
    let [there, keyNumber] = [0, 0];
    const data = toData(60_000);
    for (const wanted of crowds) {
      for (; there < wanted; there++) {
        say(`making ${there + 1} of ${wanted}`);
        const body = { metadata: { name: `crowd-${there}` }, data };
        await api.send({ method: 'POST', path: `/api/v1/namespaces/${crowd}/configmaps`, body, ...patience });
      }
      for (let round = 0; round < 2; round++) {
        say(`rotating beside ${wanted}`);
        lines.push(
          `${String(wanted).padStart(6)}  ${(await rotate({ ...fixture, all }, crowd, ++keyNumber, stage)).join('  ')}`,
        );
      }
    }
    hands.close();
    return lines;
  } finally {
    await program.end();
    await stage.stop();
  }
}

console.log((await withProgress(sayOnStderr, 'ConfigMaps of very many keys', measure)).join('\n'));
