/**
 * `GET /metrics` for Prometheus, over plain HTTP on a port of its own: a NetworkPolicy can open it to Prometheus alone.
 */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildPlain } from './plain.ts';

/** The text exposition format, and its content type. */
export type Scrape = () => Promise<{ readonly contentType: string; readonly text: string }>;

/** Built here, listens elsewhere. */
export function buildMetricsEndpoint(scrape: Scrape, log: FastifyBaseLogger): FastifyInstance {
  const app = buildPlain(log);
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await scrape();
    return reply.header('content-type', contentType).send(text);
  });
  return app;
}
