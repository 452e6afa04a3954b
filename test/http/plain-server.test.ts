/**
 * The ports for kubelet and Prometheus under connections that ask nothing, or never end to ask: real sockets.
 */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { buildProbes } from '../../src/http/probes.ts';

const halfOfHeaders = 'GET /healthz HTTP/1.1\r\nhost: x\r\nx: ';

async function listen() {
  const app = buildProbes({ unhealthy: () => [], notReady: () => [], log: pino({ level: 'silent' }) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;

  async function open(bytes = '') {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
    await once(socket, 'connect');
    socket.write(bytes);
    return { socket, closed };
  }
  /** As the kubelet asks: on a connection of its own. */
  const probe = async () => (await open('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).closed;
  const count = promisify(app.server.getConnections.bind(app.server));
  return { app, open, probe, connections: () => count() };
}

test('hundreds of connections that ask nothing, or half of something, keep no probe out and are not kept', async () => {
  const { open, probe, connections } = await listen();
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 60 }, (_, index) => open(index % 2 === 0 ? '' : halfOfHeaders)));
    // They are taken in their order: those before it are taken by now.
    expect(await probe()).toMatch(/^HTTP\/1\.1 200 /);
    await expect.poll(connections).toBeLessThanOrEqual(200);
  }
}, 20_000);

test('neither do hundreds of requests whose bodies never come', async () => {
  const { app, open, probe } = await listen();
  let begun = 0;
  app.server.on('request', () => {
    begun += 1;
  });
  const half = 'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n';
  for (let opened = 0; opened < 250; opened += 1) await open(half);
  await expect.poll(() => begun).toBeGreaterThanOrEqual(200);
  expect(await probe()).toMatch(/^HTTP\/1\.1 200 /);
});

test('headers that never end are cut off soon, however steadily they go on', async () => {
  const { open } = await listen();
  const { socket, closed } = await open(halfOfHeaders);
  const trickle = setInterval(() => socket.write('x'), 100);
  onTestFinished(() => clearInterval(trickle));
  expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
}, 10_000);

test('headers of more than 16 KiB are not taken in', async () => {
  const { open } = await listen();
  expect(await (await open(halfOfHeaders + 'x'.repeat(17_000))).closed).toMatch(/^HTTP\/1\.1 431 /);
});

test('a close waits for none of them', async () => {
  const { app, open, probe } = await listen();
  const opened = await Promise.all([open(), open(halfOfHeaders)]);
  await probe();
  const startedAt = performance.now();
  await app.close();
  await Promise.all(opened.map(({ closed }) => closed));
  expect(performance.now() - startedAt).toBeLessThan(3000);
}, 20_000);
