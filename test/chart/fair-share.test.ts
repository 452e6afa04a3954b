/**
 * That repairs take no place from others: a small API server, whose places are all taken by repairs that hang, or not.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestWithToken } from '../controlplane/token-request.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';
import { configMap, install, namespace, redirectService, release, set, upgrade } from './chart.ts';

const configMaps = '/api/v1/namespaces/finance/configmaps';

describeWith(['control plane'], 'a small API server', () => {
  const cluster = useControlPlane({
    apiServerFlags: { 'max-requests-inflight': '20', 'max-mutating-requests-inflight': '10' },
  });
  const sockets = new Set<Socket>();
  /** Takes connections, and never answers: whatever calls the webhook waits for its timeout. */
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
  let values: string[];

  beforeAll(async () => {
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    await cluster().kubectl(['create', 'namespace', 'finance']);
    const data = { 'core-site.xml': '<configuration/>' };
    const stdin = JSON.stringify(configMap('hadoop', 'finance', { data }));
    await cluster().kubectl(['create', '-f', '-'], { stdin });
    const { port } = silent.address() as AddressInfo;
    values = set('webhook.failurePolicy=Ignore', 'webhook.timeoutSeconds=2', `webhook.servicePort=${port}`);
    await install(cluster(), ...values);
    await redirectService(cluster());
    await cluster().kubectl(['create', 'serviceaccount', 'stranger', '-n', namespace]);
    await cluster().kubectl(['create', 'role', 'writer', '--verb=create', '--resource=configmaps', '-n', 'finance']);
    const grant = ['--role=writer', `--serviceaccount=${namespace}:stranger`, '-n', 'finance'];
    await cluster().kubectl(['create', 'rolebinding', 'stranger', ...grant]);
  }, 60_000);

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  /** The longest of ten writes of another ServiceAccount, in milliseconds, while 40 repairs hang. */
  async function longestWrite(): Promise<number> {
    const operator = await cluster().asServiceAccount(namespace, release);
    const stranger = await cluster().asServiceAccount(namespace, 'stranger');
    const repairs = Array.from({ length: 40 }, () =>
      requestWithToken(operator, 'PATCH', `${configMaps}/hadoop?fieldManager=${release}`, {}).catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    let longest = 0;
    for (let count = 0; count < 10; count += 1) {
      const begin = performance.now();
      const manifest = { ...configMap('', 'finance', { data: { a: 'b' } }), metadata: { generateName: 'other-' } };
      expect((await requestWithToken(stranger, 'POST', configMaps, manifest)).status).toBe(201);
      longest = Math.max(longest, performance.now() - begin);
    }
    await Promise.all(repairs);
    return longest;
  }

  it('lets others write at once while repairs hang, and without flowControl lets them wait behind these', async () => {
    const apart = await longestWrite();
    await upgrade(cluster(), ...values, ...set('flowControl.enabled=false'));
    await eventually(
      async () => (await cluster().kubectl(['get', 'flowschemas', '-o', 'name'])).stdout,
      (names) => !names.includes(release),
    );
    const together = await longestWrite();
    console.log(`longest of ten writes: ${Math.round(apart)} ms with flowControl, ${Math.round(together)} ms without`);
    expect(together).toBeGreaterThan(2 * apart);
  }, 120_000);
});
