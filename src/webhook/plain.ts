/**
 * What the ports for kubelet and Prometheus have in common: plain HTTP, no bodies, short limits.
 */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';

export function buildPlain(log: FastifyBaseLogger): FastifyInstance {
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
  app.setNotFoundHandler((_request, reply) => reply.code(404).send());
  app.setErrorHandler((err, request, reply) => {
    log.error({ err, path: request.url }, 'could not answer');
    return reply.code(500).send();
  });
  return app;
}
