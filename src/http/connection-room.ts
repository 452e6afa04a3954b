/**
 * Room for new connections: when there are as many as may be, the one that has been idle for longest makes way.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

interface Connection {
  readonly addresses: string;
  /** As it was accepted: what TLS decrypts from it is another object. To destroy this one ends both. */
  readonly accepted: Socket;
  /** Requests under way on it, several where they are sent before the first is answered. */
  requests: number;
}

/**
 * Keeps at most `most` connections, those in the middle of their handshake or of their first headers too. So who opens any
 * number and asks nothing keeps nobody out. One with a request under way never makes way: only where all the others are such,
 * the new one is closed.
 *
 * An API server whose idle connection is closed opens another; it fails a review only if it sends it at that very moment,
 * while without room it fails for sure.
 */
export function makeRoom(server: HttpServer | HttpsServer, most: number): void {
  const open = new Map<string, Connection>();
  /** Without a request under way; the one that has been so for longest comes first. */
  const idle = new Set<Connection>();
  /** By the socket on which its requests come. */
  const asking = new WeakMap<Socket, Connection>();

  function forget(connection: Connection): void {
    idle.delete(connection);
    if (open.get(connection.addresses) === connection) open.delete(connection.addresses);
  }

  server.on('connection', (accepted: Socket) => {
    const addresses = addressesOf(accepted);
    if (addresses === undefined) return accepted.destroy();
    const connection: Connection = { addresses, accepted, requests: 0 };
    open.set(addresses, connection);
    asking.set(accepted, connection);
    idle.add(connection);
    accepted.once('close', () => forget(connection));
    if (open.size <= most) return;
    const [longest = connection] = idle;
    // It is closed only later: the next one has to take another.
    forget(longest);
    longest.accepted.destroy();
  });

  server.on('secureConnection', (socket: Socket) => {
    const connection = open.get(addressesOf(socket) ?? '');
    if (connection === undefined) return socket.destroy();
    asking.set(socket, connection);
  });

  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = asking.get(socket);
    if (connection === undefined) return;
    connection.requests += 1;
    idle.delete(connection);
    response.once('close', () => {
      connection.requests -= 1;
      if (connection.requests === 0 && !connection.accepted.destroyed) idle.add(connection);
    });
  });
}

/** What no two connections that are open have in common; undefined where the client has gone already. */
function addressesOf({ remoteAddress, remotePort, localAddress }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress}`;
}
