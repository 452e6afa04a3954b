/**
 * The end of connections on which nothing is under way, so that a close neither waits for them nor cuts a review off.
 */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/**
 * Ends them when the app closes: idle ones that have served a request, and those that the API server opened ahead of need,
 * which Node doesn't count as idle.
 *
 * An API server whose review meets a closed connection fails the write, and doesn't try again: it repeats calls that are
 * answered 503, and Go's transport repeats no POST that was sent. So what has reached this machine is read first: one whole turn
 * of the event loop, from its next look at the sockets on, and then all are ended before it can look again.
 */
export function endUnusedOnClose(app: FastifyInstance<Server>): void {
  const unused = new Set<Socket>();
  let closing = false;
  app.server.on('secureConnection', (socket) => {
    if (closing) socket.destroy();
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.addHook('onRequest', async (request) => {
    unused.delete(request.raw.socket);
  });
  app.addHook('preClose', async () => {
    // The first may come in the turn that has looked at the sockets already.
    await nextTurn();
    await nextTurn();
    closing = true;
    for (const socket of unused) socket.destroy();
    app.server.closeIdleConnections();
  });
}
