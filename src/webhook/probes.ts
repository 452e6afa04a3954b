/**
 * The kubelet's two questions, answered over plain HTTP beside the webhook.
 */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify';

/** Each answers with what is wrong, in words for whoever reads the Pod's events; nothing is wrong if the list is empty. */
export interface ProbesDependencies {
  /** What only a restart can mend. */
  readonly unhealthy: () => readonly string[];
  /** What keeps this replica from answering reviews for now: caches to fill, a certificate to be trusted, draining. */
  readonly notReady: () => readonly string[];
  readonly log: FastifyBaseLogger;
}

/** `GET /healthz` and `GET /readyz`: 200, or 503 with the list. Built here, listens elsewhere. */
export function buildProbes({ unhealthy, notReady, log }: ProbesDependencies): FastifyInstance {
  const app = Fastify({
    loggerInstance: log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024,
    requestTimeout: 5_000,
    connectionTimeout: 10_000,
    keepAliveTimeout: 5_000,
    // The kubelet is told until the end; a 503 for the wrong reason would end up in the Pod's events.
    return503OnClosing: false,
  });
  app.get('/healthz', async (_request, reply) => answer(reply, unhealthy()));
  app.get('/readyz', async (_request, reply) => answer(reply, notReady()));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send());
  app.setErrorHandler((err, request, reply) => {
    log.error({ err, path: request.url }, 'could not answer a probe');
    return reply.code(500).send();
  });
  return app;
}

function answer(reply: FastifyReply, problems: readonly string[]): FastifyReply {
  if (problems.length === 0) return reply.send('ok\n');
  return reply.code(503).send(`${problems.join('\n')}\n`);
}
