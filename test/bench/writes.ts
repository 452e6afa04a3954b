/**
 * `node test/bench/writes.ts [COUNT]`: what the webhook adds to a write, as the client of a real API server sees it: the creation of a
 * ConfigMap without a Hadoop file, with one in an unassigned namespace, and with one in an assigned namespace, by turns.
 */
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport } from '../../src/cluster/transport.ts';
import { startControlPlane } from '../controlplane/control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { installProduct } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, plainFile } from '../product/manifests.ts';

const count = Number(process.argv[2] ?? 1000);
const kinds = [
  { title: 'without a Hadoop file', of: 'assigned', file: 'application.properties' },
  { title: 'with a core-site.xml, unassigned namespace', of: 'unassigned', file: 'core-site.xml' },
  { title: 'with a core-site.xml, assigned namespace', of: 'assigned', file: 'core-site.xml' },
] as const;

const cluster = await startControlPlane();
try {
  const product = await installProduct(cluster);
  const api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster.kubeconfigPath] }));
  const send = (path: string, body: object) => api.send({ method: 'POST', path, body });
  const create = (of: string, name: string, file: string) =>
    send(`/api/v1/namespaces/${of}/configmaps`, { ...configMap(of, name), data: { [file]: plainFile } });
  for (const name of ['assigned', 'unassigned']) await send('/api/v1/namespaces', namespace(name));
  await send('/apis/ssekms.io/v1alpha1/kmskeyassignments', assignment('assigned', ['assigned']));
  let tries = 0;
  await eventually(
    async () => JSON.stringify(await create('assigned', `try-${tries++}`, 'core-site.xml')),
    (answer) => answer.includes(firstKey),
  );
  const taken = kinds.map((): number[] => []);
  // The first tenth warms everybody up.
  for (let round = -count / 10; round < count; round++) {
    for (const [index, { of, file }] of kinds.entries()) {
      const before = performance.now();
      await create(of, `n-${index}-${round + count}`, file);
      if (round >= 0) taken[index]?.push(performance.now() - before);
    }
  }
  for (const [index, { title }] of kinds.entries()) {
    const sorted = taken[index]?.sort((a, b) => a - b) ?? [];
    const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1);
    console.log(`${title}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
  }
  api.close();
  await product.stop();
} finally {
  await cluster.stop();
}
