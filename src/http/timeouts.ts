/**
 * How long a client may keep a connection or a request open.
 */
import type { ServerOptions } from 'node:https';

/** All in milliseconds. */
export interface Timeouts {
  /** For the body after the headers, and again for the answer after the body; then 503. */
  readonly answer: number;
  /** For a large body, once it may be sent; then its connection is closed. */
  readonly receive: number;
  /** How long a connection may stay open with nothing to do. */
  readonly idle: number;
  readonly handshake: number;
}

/**
 * `answer` is the longest timeoutSeconds that a webhook can have: nobody waits any longer.
 *
 * `idle` has to be longer than the API server's own 90 s (`http.DefaultTransport`): then it is the client that closes, and
 * no review is sent on a connection just closed here. A server that closes first fails reviews (linkerd/linkerd2#14096).
 */
export const defaultTimeouts: Timeouts = { answer: 30_000, receive: 5_000, idle: 120_000, handshake: 10_000 };

/** For Fastify, which sets them on its server. */
export function toFastifyTimeouts({ answer, idle }: Timeouts) {
  return { handlerTimeout: answer, requestTimeout: idle, connectionTimeout: idle, keepAliveTimeout: idle };
}

/**
 * For Node's server, which counts a connection's first headers and request from its start: both have to be as long as `idle`,
 * since the API server opens connections ahead of need. It looks for overdue ones every `connectionsCheckingInterval`.
 */
export function toServerTimeouts({ idle, handshake }: Timeouts): ServerOptions {
  return {
    headersTimeout: idle,
    requestTimeout: idle,
    connectionsCheckingInterval: Math.ceil(idle / 4),
    handshakeTimeout: handshake,
  };
}
