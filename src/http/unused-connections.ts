/**
 * Ends connections without a request at shutdown, so that closing neither waits for them nor interrupts a review.
 */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/**
 * Ends them when the app closes: idle ones that have served a request, and those that the API server opened ahead of need,
 * which Node doesn't count as idle.
 *
 * A review that is sent on a closed connection fails the user's write: API servers repeat calls only after a 503, and Go's
 * transport repeats no POST that was sent. So everything that has reached this machine is read first: the hook waits for one
 * whole turn of the event loop, and then ends all unused connections before the loop polls the sockets again.
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
    // The present turn may have polled the sockets already, so wait for two.
    await nextTurn();
    await nextTurn();
    closing = true;
    for (const socket of unused) socket.destroy();
    app.server.closeIdleConnections();
  });
}
