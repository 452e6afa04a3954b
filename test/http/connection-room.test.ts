/**
 * Which connection makes way when there are too many, on a server of real sockets.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeRoom } from '../../src/http/connection-room.ts';
import type { Certificate } from '../../src/http/webhook-server.ts';
import { selfSigned } from './self-signed.ts';

let certificate: Certificate;

beforeAll(async () => {
  certificate = await selfSigned('first');
});

/** Answers `GET /` at once, and any other path when the test says so. */
async function listen(most: number) {
  const held: ServerResponse[] = [];
  const server = createServer(certificate, ({ url }: IncomingMessage, response) => {
    if (url === '/') response.end('done');
    else held.push(response);
  });
  server.setMaxListeners(0);
  makeRoom(server, most);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  function follow(socket: Socket) {
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const ask = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const answers = (count: number) => expect.poll(() => received.match(/done/g)?.length ?? 0).toBe(count);
    return { socket, closed, ask, answers };
  }
  return {
    held,
    connections: (count: number) => expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(count),
    open: async () => {
      const taken = once(server, 'secureConnection');
      const socket = connect({ host: '127.0.0.1', port, ca: certificate.cert });
      const followed = follow(socket);
      await Promise.all([once(socket, 'secureConnect'), taken]);
      return followed;
    },
    openPlain: async () => {
      const taken = once(server, 'connection');
      const followed = follow(connectTcp(port, '127.0.0.1'));
      await taken;
      return followed;
    },
  };
}

test('the one that has been idle for longest makes way, whether its handshake is done or not', async () => {
  const { open, openPlain } = await listen(3);
  const [plain, secure, third] = [await openPlain(), await open(), await open()];
  const fourth = await open();
  await plain.closed;
  const fifth = await open();
  await secure.closed;
  for (const { ask, answers } of [third, fourth, fifth]) {
    ask('/');
    await answers(1);
  }
});

test('one that has just been answered is the last to make way', async () => {
  const { open } = await listen(2);
  const [first, second] = [await open(), await open()];
  first.ask('/');
  await first.answers(1);
  const third = await open();
  await second.closed;
  first.ask('/');
  await first.answers(2);
  third.ask('/');
  await third.answers(1);
});

test('one with a request under way never does: where all are such, the new one is closed', async () => {
  const { open, openPlain, held } = await listen(2);
  const [first, second] = [await open(), await open()];
  first.ask('/later');
  await expect.poll(() => held.length).toBe(1);
  second.ask('/later');
  await expect.poll(() => held.length).toBe(2);
  await (await openPlain()).closed;
  held[1]?.end('done');
  await second.answers(1);
  held[0]?.end('done');
  await first.answers(1);
  const third = await open();
  await second.closed;
  third.ask('/');
  await third.answers(1);
});

test('nor does one of whose two requests the second is still under way', async () => {
  const { open, openPlain, held } = await listen(1);
  const busy = await open();
  busy.ask('/later');
  busy.ask('/later');
  await expect.poll(() => held.length).toBe(2);
  held[0]?.end('done');
  await busy.answers(1);
  await (await openPlain()).closed;
  held[1]?.end('done');
  await busy.answers(2);
});

test('those that are closed by their clients leave room', async () => {
  const { open, openPlain, connections } = await listen(2);
  const stays = await open();
  for (let round = 0; round < 5; round += 1) {
    const { socket, closed } = await (round % 2 === 0 ? open() : openPlain());
    socket.destroy();
    await closed;
    await connections(1);
  }
  stays.ask('/');
  await stays.answers(1);
});

test('many that come at once close as many', async () => {
  const { openPlain } = await listen(10);
  const before = await Promise.all(Array.from({ length: 10 }, openPlain));
  const after = await Promise.all(Array.from({ length: 10 }, openPlain));
  await Promise.all(before.map(({ closed }) => closed));
  expect(after.every(({ socket }) => !socket.destroyed)).toBe(true);
});
