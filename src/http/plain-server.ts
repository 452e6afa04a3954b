/**
 * The server behind the ports for the kubelet and Prometheus: plain HTTP, no bodies, short time limits.
 */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { makeRoom } from './connection-room.ts';

/** The kubelet opens one connection for each probe, and Prometheus one for each scrape; the rest is for other clients. */
const mostConnections = 200;

/** All in milliseconds. Node measures the first headers and request from the start of the connection, and checks at the interval given. */
const patience = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 };

/** Builds an app without routes; the caller adds them and listens. */
export function buildPlain(log: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    loggerInstance: log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    http: patience,
    requestTimeout: patience.requestTimeout,
    connectionTimeout: 10_000,
    keepAliveTimeout: 5_000,
    // Probes are answered until the end: a 503 of Fastify's would show up in the Pod's events with the wrong reason.
    return503OnClosing: false,
    // A graceful close would wait for headers that never end, since Node no longer checks its time limits then.
    forceCloseConnections: true,
  });
  makeRoom(app.server, mostConnections);
  // Bodies are ignored: a connection that waits for a body would have a request under way, and never be closed.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.setNotFoundHandler((_request, reply) => reply.code(404).header('connection', 'close').send());
  app.setErrorHandler((err, request, reply) => {
    log.error({ err, path: request.url }, 'could not answer');
    return reply.code(500).send();
  });
  return app;
}
