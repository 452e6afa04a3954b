/**
 * The end of a drain: what has reached this machine before the connections are closed is still answered. An API server that
 * is cut off in the middle of a review doesn't try again: it fails the write.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { reviewOf } from '../admission/admission-review.ts';
import { buildApp } from './running-app.ts';
import { selfSigned } from './self-signed.ts';

const body = JSON.stringify(reviewOf());
const review = `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

async function open() {
  const certificate = await selfSigned('first');
  const { app } = buildApp({ resolution: { kind: 'none' } });
  app.useCertificate(certificate);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const taken = once(app.server, 'secureConnection');
  const socket = connect({ host: '127.0.0.1', port, ca: certificate.cert });
  onTestFinished(() => void socket.destroy());
  await Promise.all([once(socket, 'secureConnect'), taken]);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  return { app, socket, closed, answers: () => received.match(/HTTP\/1\.1 200 /g)?.length ?? 0 };
}

test('a review that arrives on an idle connection just before the close is answered', async () => {
  const { app, socket, closed, answers } = await open();
  socket.write(review);
  await once(socket, 'data');
  app.drain();
  socket.write(review);
  await app.close();
  await closed;
  expect(answers()).toBe(2);
});

test('so is the first one on a connection that was opened ahead of need', async () => {
  const { app, socket, closed, answers } = await open();
  app.drain();
  socket.write(review);
  await app.close();
  await closed;
  expect(answers()).toBe(1);
});
