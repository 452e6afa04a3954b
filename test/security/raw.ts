/**
 * Clients that misbehave towards the operator's webhook: bytes on a socket, and whatever comes back.
 */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface Opened<S extends Socket> {
  readonly socket: S;
  /** Everything that was received, once the connection is closed by whomever. */
  readonly closed: Promise<string>;
  received(): string;
}

/** A connection after its handshake. @throws the handshake's error */
export async function open(port: number, options: ConnectionOptions = {}): Promise<Opened<TLSSocket>> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  const opened = listenTo(socket);
  await once(socket, 'secureConnect');
  return opened;
}

/** A connection without a handshake. */
export async function openPlain(port: number): Promise<Opened<Socket>> {
  const socket = connectTcp(port, '127.0.0.1');
  const opened = listenTo(socket);
  await once(socket, 'connect');
  return opened;
}

function listenTo<S extends Socket>(socket: S): Opened<S> {
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // A reset closes the connection, too.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  return { socket, closed, received: () => text };
}

/** Sends bytes on a connection of their own; the status line of each answer, once the connection is closed. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string[]> {
  const { socket, closed } = await open(port);
  socket.write(bytes);
  return statuses(await closed);
}

export function statuses(received: string): string[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => code ?? '');
}

/** A request as bytes, closing its connection; headers as lines. */
export function requestOf(line: string, headers: readonly string[] = [], body: string | Buffer = ''): Buffer {
  const head = [line, 'host: webhook', 'connection: close', ...headers, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

/** A POST of JSON, with its length unless another one is claimed. */
export function post(body: string | Buffer, path = '/mutate', claimed = Buffer.byteLength(body)): Buffer {
  return requestOf(`POST ${path} HTTP/1.1`, ['content-type: application/json', `content-length: ${claimed}`], body);
}
