/**
 * What the ports for kubelet and Prometheus have in common: plain HTTP, no bodies, short limits.
 */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { makeRoom } from './connection-room.ts';

/** The kubelet opens one for each probe, and Prometheus for each scrape: the rest is for others who ask. */
const mostConnections = 200;

/** All in milliseconds. Node counts a connection's first headers and request from its start, and looks only so often. */
const patience = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 };

export function buildPlain(log: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    loggerInstance: log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    http: patience,
    requestTimeout: patience.requestTimeout,
    connectionTimeout: 10_000,
    keepAliveTimeout: 5_000,
    // The kubelet is told until the end; a 503 for the wrong reason would end up in the Pod's events.
    return503OnClosing: false,
    // A close would wait for headers that never end, and look after no time limit any more.
    forceCloseConnections: true,
  });
  makeRoom(app.server, mostConnections);
  // No body is waited for: what has a request under way never makes room.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.setNotFoundHandler((_request, reply) => reply.code(404).header('connection', 'close').send());
  app.setErrorHandler((err, request, reply) => {
    log.error({ err, path: request.url }, 'could not answer');
    return reply.code(500).send();
  });
  return app;
}
