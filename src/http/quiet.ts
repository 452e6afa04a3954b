/**
 * When it is quiet enough to close: nodes may still lead API servers to a replica that has drained for too short a time.
 */
import type { Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** All in milliseconds. */
const quietFor = 2000;
const atMost = 5000;

/**
 * Resolves when nobody has asked for two seconds, at once where that is so already, and after five seconds at the latest. An API
 * server doesn't repeat a call for which it finds a closed port; while each answer closes its connection, every call tells
 * that a node still knows this replica.
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
