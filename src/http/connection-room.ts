/**
 * Bounds the number of connections: at the limit, a new connection closes the one that has been idle for longest.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

interface Connection {
  readonly addresses: string;
  /** The accepted TCP socket. The TLS socket on top of it is another object; destroying this one ends both. */
  readonly accepted: Socket;
  /** Requests under way on it, several where they are sent before the first is answered. */
  requests: number;
}

/**
 * Keeps at most `most` connections, including those in the middle of a handshake or of their first headers. So a client that
 * opens many connections without a request can't keep others out. A connection with a request under way is never closed: if
 * all others have one, the new connection is closed.
 *
 * An API server whose idle connection is closed opens another. A review fails only if it is sent at that very moment; without
 * room it would fail for sure.
 */
export function makeRoom(server: HttpServer | HttpsServer, most: number): void {
  const open = new Map<string, Connection>();
  /** Connections without a request under way; the one that has been idle for longest comes first. */
  const idle = new Set<Connection>();
  /** Connections by the socket on which their requests arrive. */
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
    // The close event comes later. Forget it now, so that the next new connection closes another one.
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

/** Identifies an open connection; undefined where the client has closed it already. */
function addressesOf({ remoteAddress, remotePort, localAddress }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress}`;
}
