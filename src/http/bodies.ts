/**
 * Decides when bodies are read: small ones at once, large ones when there is room for them.
 *
 * Any client that reaches the port can announce a large body and never send it. Most reviews are small, and never wait. A large
 * body has a few seconds to arrive once it has room. This bounds how long one such client delays the large bodies behind it;
 * it doesn't bound the number of such clients.
 */
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { buildBodyBudget } from './body-budget.ts';

/**
 * The largest review of an object that can be stored: etcd takes 1.5 MiB, JSON writes a byte in six characters at most (`<`),
 * and an UPDATE carries the object twice: 18 MiB. The rest of a review is bounded by the headers of the user's request.
 */
export const bodyMebibytes = 20;

/** All in bytes. */
export interface BodyLimits {
  /** The largest body. */
  readonly largest: number;
  /** All large bodies together that are read or answered at the same time. */
  readonly together: number;
  /** A body up to this size never waits; the number of connections bounds all small bodies together. */
  readonly small: number;
}

/** `receiveMs`: how long a large body may take to arrive, once there is room for it; then its connection is closed. */
export function boundBodies(app: FastifyInstance<Server>, limits: BodyLimits, receiveMs: number): void {
  const bodies = buildBodyBudget(limits.together);
  app.addHook('onRequest', async (request, reply) => {
    const bytes = announcedBytes(request, limits.largest);
    if (bytes <= limits.small) return;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const { release } = await bodies.take(bytes, gone.signal);
    if (gone.signal.aborted) return release();
    const timeout = setTimeout(() => request.raw.destroy(), receiveMs);
    request.raw.once('end', () => clearTimeout(timeout));
    reply.raw.once('close', () => {
      clearTimeout(timeout);
      release();
    });
  });
}

/** The size of the body by its headers; `largest` where they don't say. */
function announcedBytes({ headers }: FastifyRequest, largest: number): number {
  const length = headers['content-length'];
  if (length === undefined) return headers['transfer-encoding'] === undefined ? 0 : largest;
  const announced = Number(length);
  return Number.isFinite(announced) ? announced : largest;
}
