/**
 * The webhook on a real socket: certificates, timeouts, connections and draining.
 */
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import type { Certificate } from '../../src/http/webhook-server.ts';
import { reviewOf } from '../admission/admission-review.ts';
import { type AppOptions, buildApp } from './running-app.ts';
import { selfSigned } from './self-signed.ts';

let first: Certificate;
let second: Certificate;

beforeAll(async () => {
  [first, second] = await Promise.all([selfSigned('first'), selfSigned('second')]);
});

async function listen(deps: AppOptions = {}) {
  const { app, lines } = buildApp({ resolution: { kind: 'none' }, ...deps });
  app.useCertificate(first);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return {
    app,
    lines,
    port,
    agent,
    send: (options?: RequestOptions, body?: string) => send({ port, agent, ...options }, body),
  };
}

/** Posts a review, as the API server does. */
async function send(options: RequestOptions, body = JSON.stringify(reviewOf())) {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const ca = [first.cert, second.cert];
  const sent = request({ host: '127.0.0.1', path: '/mutate?timeout=5s', method: 'POST', headers, ca, ...options });
  sent.end(body);
  const [reply] = await once(sent, 'response');
  const { subject } = (reply.socket as TLSSocket).getPeerCertificate();
  const { localPort } = reply.socket;
  const text = Buffer.concat(await reply.toArray()).toString();
  return { code: reply.statusCode, headers: reply.headers, json: JSON.parse(text), from: subject?.CN, localPort };
}

/** A socket after its handshake, to misbehave on; everything that it receives, once it is closed. */
async function open(port: number, options: ConnectionOptions = {}) {
  const socket = connect({ host: '127.0.0.1', port, ca: [first.cert, second.cert], ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {});
  // Not `once`, which rejects where the server resets the connection: that closes it, too.
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  return { socket, closed };
}

const headersOnly = (length: number) =>
  `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe('certificates', () => {
  test('none, no handshake', async () => {
    const { app } = buildApp();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    await expect(open(port)).rejects.toThrow();
  });

  test('are swapped for new connections while open ones go on', async () => {
    const { app, port, send: sendOnOpen } = await listen();
    const before = await sendOnOpen();
    app.useCertificate(second);
    const onOpen = await sendOnOpen();
    const onNew = await send({ port, agent: false });
    expect([before.from, onOpen.from, onNew.from]).toEqual(['first', 'first', 'second']);
    expect(onOpen.localPort).toBe(before.localPort);
  });

  test.each<[string, () => Certificate]>([
    ['whose key is of another', () => ({ cert: second.cert, key: first.key })],
    ['that is no PEM', () => ({ cert: 'x', key: 'y' })],
    ['that is empty', () => ({ cert: '', key: first.key })],
  ])('%s are refused, and the one served stays', async (_name, bad) => {
    const { app, port } = await listen();
    expect(() => app.useCertificate(bad())).toThrow();
    expect((await send({ port, agent: false })).from).toBe('first');
  });

  test('are served over TLS 1.2 and 1.3 alone, after a swap too', async () => {
    const { app, port } = await listen();
    for (const certificate of [first, second]) {
      app.useCertificate(certificate);
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
        const { socket } = await open(port, { minVersion: version, maxVersion: version });
        expect(socket.getProtocol()).toBe(version);
      }
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(open(port, old)).rejects.toThrow(/protocol version|unsupported protocol/);
    }
  });
});

describe('connections', () => {
  test('are kept alive between reviews', async () => {
    const { send } = await listen();
    const answers = [await send(), await send(), await send()];
    expect(answers.map(({ code }) => code)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ localPort }) => localPort)).size).toBe(1);
  });

  test('outlive the idle time of the API server by default, those opened ahead of need too', async () => {
    const { app } = await listen();
    const { keepAliveTimeout, headersTimeout, requestTimeout, timeout } = app.server;
    expect(Math.min(keepAliveTimeout, headersTimeout, requestTimeout, timeout)).toBeGreaterThan(90_000);
  });

  test('without a request are closed after the idle time', async () => {
    const { port } = await listen({ timeouts: { answer: 5_000, receive: 5_000, idle: 300, handshake: 5_000 } });
    const { closed } = await open(port);
    await closed;
  });

  test('between requests are closed after the idle time', async () => {
    const { port } = await listen({ timeouts: { answer: 5_000, receive: 5_000, idle: 300, handshake: 5_000 } });
    const { socket, closed } = await open(port);
    const body = JSON.stringify(reviewOf());
    socket.write(headersOnly(body.length) + body);
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('with headers that never end are closed', async () => {
    const { port } = await listen({ timeouts: { answer: 5_000, receive: 5_000, idle: 300, handshake: 5_000 } });
    const { socket, closed } = await open(port);
    const trickle = setInterval(() => socket.write('x'), 50);
    onTestFinished(() => clearInterval(trickle));
    socket.write('POST /mutate HTTP/1.1\r\nx: ');
    expect(await closed).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  test('that never shake hands are closed', async () => {
    const { port } = await listen({ timeouts: { answer: 5_000, receive: 5_000, idle: 60_000, handshake: 200 } });
    const socket = connectTcp(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('close', resolve));
  });
});

describe('a body', () => {
  test('that trickles in has its connection closed in time', async () => {
    const { port } = await listen({ timeouts: { answer: 5_000, receive: 5_000, idle: 300, handshake: 5_000 } });
    const { socket, closed } = await open(port);
    socket.write(`${headersOnly(10_000)}{`);
    const trickle = setInterval(() => socket.write(' '), 50);
    onTestFinished(() => clearInterval(trickle));
    expect(await closed).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  test('that is large and trickles in has its connection closed, and lets another one in', async () => {
    const { port, send } = await listen({ timeouts: { answer: 60_000, receive: 300, idle: 60_000, handshake: 5_000 } });
    const slow = await Promise.all(Array.from({ length: 4 }, () => open(port)));
    for (const { socket } of slow) socket.write(`${headersOnly(16 * 1024 * 1024)}{`);
    const large = JSON.stringify(reviewOf({ data: { x: 'x'.repeat(100_000) } }));
    expect((await send({}, large)).code).toBe(200);
    expect(await Promise.all(slow.map(({ closed }) => closed))).toEqual(['', '', '', '']);
  });

  test('that is small is read while large ones are waited for', async () => {
    const { port, send } = await listen();
    const slow = await Promise.all(Array.from({ length: 4 }, () => open(port)));
    for (const { socket } of slow) socket.write(`${headersOnly(16 * 1024 * 1024)}{`);
    expect((await send()).code).toBe(200);
  });

  test('that is cut off leaves the webhook well', async () => {
    const { port, send, lines } = await listen();
    const { socket } = await open(port);
    socket.write(`${headersOnly(10_000)}{"apiVersion`);
    await sleep(50);
    socket.destroy();
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    expect((await send()).code).toBe(200);
    expect(lines.every(({ level }) => (level as number) < 50)).toBe(true);
  });

  test('that is announced as larger than 20 MiB is answered 413 without being read', async () => {
    const { port } = await listen();
    const { socket, closed } = await open(port);
    socket.write(headersOnly(20 * 1024 * 1024 + 1));
    expect(await closed).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('that grows over 20 MiB without saying so is answered 413', async () => {
    const { port } = await listen();
    const { socket, closed } = await open(port);
    socket.write(
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
    for (let sent = 0; sent < 22 && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), closed]).catch(() => {});
    }
    expect(await closed).toMatch(/^HTTP\/1\.1 413 /);
  });
});

test('a resolve that hangs is answered 503 in time', async () => {
  const hangs = () => new Promise<Resolution>(() => {});
  const { send, lines } = await listen({
    resolve: hangs,
    timeouts: { answer: 300, receive: 5_000, idle: 60_000, handshake: 5_000 },
  });
  expect((await send()).code).toBe(503);
  expect(lines).toContainEqual(expect.objectContaining({ level: 50, uid: reviewOf().request.uid }));
});

describe('draining', () => {
  test('answers every review still, and closes each connection after its answer', async () => {
    const { app, port, send: sendOnOpen } = await listen();
    expect((await sendOnOpen()).headers.connection).toBe('keep-alive');
    app.drain();
    const onOpen = await sendOnOpen();
    expect([onOpen.code, onOpen.json.response.allowed, onOpen.headers.connection]).toEqual([200, true, 'close']);
    const onNew = await send({ port, agent: new Agent({ keepAlive: true }) });
    expect([onNew.code, onNew.headers.connection]).toEqual([200, 'close']);
  });

  test('closes the connection of a failed request too', async () => {
    const { app, send } = await listen();
    app.drain();
    expect((await send({ path: '/nowhere' })).headers.connection).toBe('close');
  });

  test('reaches the review that was under way when it began', async () => {
    const { promise, resolve } = Promise.withResolvers<Resolution>();
    const { app, send } = await listen({ resolve: () => promise });
    const answer = send();
    await sleep(100);
    app.drain();
    resolve({ kind: 'none' });
    expect((await answer).headers.connection).toBe('close');
  });

  test('then closing still answers a review that had begun to arrive', async () => {
    const { app, port } = await listen();
    const { socket, closed } = await open(port);
    const body = JSON.stringify(reviewOf());
    const review = headersOnly(body.length) + body;
    socket.write(review);
    await once(socket, 'data');
    socket.write(review.slice(0, 20));
    await sleep(50);
    const closing = app.close();
    await expect.poll(() => app.server.listening).toBe(false);
    socket.write(review.slice(20));
    expect((await closed).match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    await closing;
  });

  test('then closing does not wait for a connection that never carried a request', async () => {
    const { app, port } = await listen();
    const { closed } = await open(port);
    await app.close();
    expect(await closed).toBe('');
  });

  test('then closing ends idle connections at once and waits for the review under way', async () => {
    const { promise, resolve } = Promise.withResolvers<Resolution>();
    let asked = 0;
    const resolveSecond = async (): Promise<Resolution> => {
      asked += 1;
      return asked === 1 ? { kind: 'none' } : promise;
    };
    const { app, port, send: sendOnOpen } = await listen({ resolve: resolveSecond });
    await sendOnOpen();
    const underWay = send({ port, agent: new Agent({ keepAlive: true }) });
    await expect.poll(() => asked).toBe(2);
    app.drain();
    const closed = app.close();
    await expect.poll(() => app.server.listening).toBe(false);
    await expect(send({ port, agent: false })).rejects.toThrow('ECONNREFUSED');
    resolve({ kind: 'none' });
    expect((await underWay).json.response.allowed).toBe(true);
    await closed;
  });
});
