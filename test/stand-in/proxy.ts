/**
 * A proxy that leads every host to the stand-in, over HTTP and TLS, so that clients may keep endpoints of their own. S3 goes by the header Host.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { KeyPair } from '../../src/certificates/issue.ts';
import { buildHostContexts } from '../hadoop/wire/host-contexts.ts';

export interface StandInProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** @param ca signs a certificate for each host that is asked for over TLS */
export async function startProxy(ca: KeyPair, httpPort: number): Promise<StandInProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const contextFor = buildHostContexts(ca);
  const forward = (stream: Duplex): void => {
    const upstream = keep(connect(httpPort, '127.0.0.1'));
    stream.on('error', () => upstream.destroy()).once('close', () => upstream.destroy());
    upstream.once('close', () => stream.destroy());
    stream.pipe(upstream).pipe(stream);
  };
  const server = createServer((socket) => {
    keep(socket).once('data', async (first: Buffer) => {
      const [, host] = /^CONNECT ([^ ]+):\d+ /.exec(first.toString('latin1')) ?? [];
      if (host === undefined) {
        socket.pause().unshift(first);
        return forward(socket);
      }
      const secureContext = await contextFor(host);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      forward(new TLSSocket(socket, { isServer: true, secureContext }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
