/**
 * Connections that the API server opened ahead of need: Node doesn't count them as idle, and a close would wait for them.
 */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Ends them when the app closes; idle ones that have served a request end by themselves. */
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
    closing = true;
    for (const socket of unused) socket.destroy();
  });
}
