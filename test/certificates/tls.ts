/**
 * A TLS server and a client that trusts nothing but a given caBundle, as the API server does.
 */
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import tls from 'node:tls';
import type { KeyPair } from '../../src/certificates/issue.ts';

export interface TlsServer {
  readonly port: number;
  serve(pair: KeyPair): void;
  stop(): Promise<void>;
}

/** Serves nothing until `serve` is called. */
export async function startTlsServer(): Promise<TlsServer> {
  const server = tls.createServer((socket) => {
    socket.on('error', () => {});
    socket.end('served');
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    serve: ({ certificate, key }) => server.setSecureContext({ cert: certificate, key }),
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** 'trusted', or the code of what is wrong with the certificate, for example CERT_HAS_EXPIRED. */
export async function handshake(port: number, caBundle: string, servername: string): Promise<string> {
  const tcp = connectTcp(port, '127.0.0.1');
  return new Promise((resolve) => {
    // An empty list of CAs would mean Node's own list.
    const ca = caBundle === '' ? ['-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'] : caBundle;
    try {
      const socket = tls.connect({ socket: tcp, servername, ca, minVersion: 'TLSv1.2' });
      socket.on('secureConnect', () => {
        resolve('trusted');
        socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
        socket.destroy();
      });
    } catch (error) {
      tcp.destroy();
      resolve((error as NodeJS.ErrnoException).code ?? String(error));
    }
  });
}

/** The common name of the CA that signed what a port serves, for example `CN=sse-kms-operator CA 1a2b…`. */
export async function servedCa(port: number): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { issuer } = socket.getPeerX509Certificate() ?? { issuer: '' };
  socket.destroy();
  return issuer;
}
