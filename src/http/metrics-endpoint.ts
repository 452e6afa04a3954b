/**
 * `GET /metrics` for Prometheus, over plain HTTP on a port of its own: a NetworkPolicy can open it to Prometheus alone.
 */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildPlain } from './plain-server.ts';

/** The text exposition format, and its content type. */
export type Scrape = () => Promise<{ readonly contentType: string; readonly text: string }>;

/** A scrape is reused for this long, so that a client that asks in a loop doesn't take the webhook's time. */
const freshMs = 500;

/** Builds the app; the caller listens. */
export function buildMetricsEndpoint(scrape: Scrape, log: FastifyBaseLogger): FastifyInstance {
  const app = buildPlain(log);
  let last: ReturnType<Scrape> | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;

  function read(): ReturnType<Scrape> {
    if (last !== undefined && performance.now() - lastAt < freshMs) return last;
    lastAt = performance.now();
    last = scrape();
    last.catch(() => {
      last = undefined;
    });
    return last;
  }

  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await read();
    return reply.header('content-type', contentType).send(text);
  });
  return app;
}
