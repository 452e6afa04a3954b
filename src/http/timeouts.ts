/**
 * How long a client may keep a connection or a request open.
 */
import type { ServerOptions } from 'node:https';

/** All in milliseconds. */
export interface Timeouts {
  /** For the decision about a review that was received; then the answer is 503. */
  readonly answer: number;
  /** For a large body, once there is room for it; then its connection is closed. */
  readonly receive: number;
  /** How long a connection may stay open with nothing to do, and how long a small request may take to arrive. */
  readonly idle: number;
  readonly handshake: number;
}

/**
 * `answer` is the longest timeoutSeconds that a webhook can have: no API server waits longer.
 *
 * `idle` must be longer than the API server's own 90 s (`http.DefaultTransport`): then the client closes first, and no review
 * is sent on a connection just closed here. A server that closes first fails reviews (linkerd/linkerd2#14096).
 */
export const defaultTimeouts: Timeouts = { answer: 30_000, receive: 5_000, idle: 120_000, handshake: 10_000 };

/**
 * For Fastify, which sets them on its server. Its handlerTimeout isn't used: it ends once the body is received
 * (fastify/fastify#6725), and for each request it makes an AbortController that it aborts in the end, which is costly.
 */
export function toFastifyTimeouts({ idle }: Timeouts) {
  return { requestTimeout: idle, connectionTimeout: idle, keepAliveTimeout: idle };
}

/**
 * For Node's server. It measures the first headers and request from the start of the connection, so both limits must be as
 * long as `idle`: the API server opens connections ahead of need. Node checks them every `connectionsCheckingInterval`.
 */
export function toServerTimeouts({ idle, handshake }: Timeouts): ServerOptions {
  return {
    headersTimeout: idle,
    requestTimeout: idle,
    connectionsCheckingInterval: Math.ceil(idle / 4),
    handshakeTimeout: handshake,
  };
}
