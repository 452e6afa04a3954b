/**
 * Waits for a quiet moment to close: for some time after the drain began, nodes may still send API servers to this replica.
 */
import type { Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** All in milliseconds. */
const quietFor = 2000;
const atMost = 5000;

/**
 * The returned function resolves once there was no request for two seconds, and after five seconds at the latest. An API
 * server doesn't repeat a call to a closed port. During the drain every answer closes its connection, so each request shows
 * that a node still sends connections here.
 */
export function observeQuiet(app: FastifyInstance<Server>): () => Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY;
  app.addHook('onRequest', async () => {
    askedAt = performance.now();
  });
  return async () => {
    const deadline = performance.now() + atMost;
    for (;;) {
      const until = Math.min(askedAt + quietFor, deadline);
      const waitMs = until - performance.now();
      if (waitMs <= 0) return;
      await sleep(waitMs);
    }
  };
}
