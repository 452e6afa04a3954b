/**
 * Which bodies are read when: small ones at once, large ones when there is room for them, and swiftly then.
 *
 * Whoever reaches the port can announce a large body and never send it. Most reviews are small, and take no part in that. A
 * large one has a few seconds once it is its turn: that bounds what each such client costs the large ones of others, which
 * wait behind it, not how many such clients there are.
 */
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { buildBodyBudget } from './body-budget.ts';

/**
 * The largest review of an object that can be stored: etcd takes 1.5 MiB, JSON spells a byte in six characters at most (`<`),
 * and an UPDATE carries the object twice: 18 MiB. The rest of a review is bounded by the headers of the user's request.
 */
export const bodyMebibytes = 20;

/** All in bytes. */
export interface BodyLimits {
  /** Of one body. */
  readonly largest: number;
  /** Of all together that are in hand at once, but for small ones. */
  readonly together: number;
  /** A body up to this size never waits: all together are bounded by the number of connections. */
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
    const late = setTimeout(() => request.raw.destroy(), receiveMs);
    request.raw.once('end', () => clearTimeout(late));
    reply.raw.once('close', () => {
      clearTimeout(late);
      release();
    });
  });
}

/** As the headers have it; `largest` where they don't say. */
export function announcedBytes({ headers }: FastifyRequest, largest: number): number {
  const length = headers['content-length'];
  if (length === undefined) return headers['transfer-encoding'] === undefined ? 0 : largest;
  const announced = Number(length);
  return Number.isFinite(announced) ? announced : largest;
}
