/**
 * The kubelet's liveness and readiness probes, over plain HTTP beside the webhook.
 */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify';
import { buildPlain } from './plain-server.ts';

/** Each returns what is wrong, in words for readers of the Pod's events; an empty list means that nothing is wrong. */
export interface ProbesDependencies {
  /** Problems that only a restart can solve. */
  readonly unhealthy: () => readonly string[];
  /** What keeps this replica from answering reviews for now: caches to fill, a certificate to be trusted, draining. */
  readonly notReady: () => readonly string[];
  readonly log: FastifyBaseLogger;
}

/** `GET /healthz` and `GET /readyz`: 200, or 503 with the list. Builds the app; the caller listens. */
export function buildProbes({ unhealthy, notReady, log }: ProbesDependencies): FastifyInstance {
  const app = buildPlain(log);
  app.get('/healthz', async (_request, reply) => answer(reply, unhealthy()));
  app.get('/readyz', async (_request, reply) => answer(reply, notReady()));
  return app;
}

function answer(reply: FastifyReply, problems: readonly string[]): FastifyReply {
  if (problems.length === 0) return reply.send('ok\n');
  return reply.code(503).send(`${problems.join('\n')}\n`);
}
