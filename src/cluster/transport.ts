/**
 * HTTP to the API server: one pool of kept-alive connections, answers read whole or while they arrive.
 *
 * client-node's own requests are not used: 2.0.1 builds a new connection pool for each (a TLS handshake a request), and its
 * Watch drops the body of a refusal, swallows what its callback throws, and gives up after 30 s of silence where bookmarks
 * come once a minute.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ApiServerObserver } from '../ports/observers.ts';
import { buildConnections, closeIdle } from './connections.ts';
import { ApiError, ConnectionError, notJson, toApiError } from './errors.ts';

export interface Request {
  /** Aborts the request, which may or may not have been carried out. */
  readonly signal?: AbortSignal | undefined;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** For example `/api/v1/configmaps`. The caller escapes parts that come from outside. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` where nothing is said. */
  readonly contentType?: string;
  /** `application/json` where nothing is said. */
  readonly accept?: string;
  /** Seconds until the whole answer (`open`: its headers) must be there; default: 30. */
  readonly timeoutSeconds?: number;
}

export interface StreamRequest extends Request {
  /** Seconds without a byte after which the connection is taken for dead: cut without FIN, or a server that was paused. */
  readonly silenceSeconds: number;
}

export interface Transport {
  /**
   * The parsed JSON of a 2xx answer.
   * @throws ApiError for any other answer, ConnectionError for none.
   */
  send(request: Request): Promise<unknown>;
  /** The body of a 2xx answer while it arrives. Opening and reading throw as `send` does. */
  open(request: StreamRequest): Promise<AsyncGenerator<Buffer>>;
  /** Closes every connection. */
  close(): void;
}

export interface TransportOptions {
  readonly userAgent?: string;
  /** For metrics. */
  readonly observer?: Pick<ApiServerObserver, 'requested'>;
}

/** The transport for a kubeconfig's current context. */
export function buildTransport(kubeConfig: KubeConfig, options: TransportOptions = {}): Transport {
  const { userAgent = 'sse-kms-operator', observer } = options;
  const connections = buildConnections(kubeConfig);
  const { server } = connections;
  const client = server.startsWith('http:') ? http : https;

  async function exchange(request: Request, timer: Timer): Promise<http.IncomingMessage> {
    const options = await connections.next();
    const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers: Record<string, string | number> = {
      Accept: request.accept ?? 'application/json',
      'User-Agent': userAgent,
    };
    if (payload !== undefined) {
      headers['Content-Type'] = request.contentType ?? 'application/json';
      headers['Content-Length'] = Buffer.byteLength(payload);
    }
    const target = toUrl(server, request);
    for (let attempt = 1; ; attempt++) {
      const sent = client.request(target, {
        ...options,
        method: request.method ?? 'GET',
        headers: { ...(options.headers as http.OutgoingHttpHeaders), ...headers },
        ...(request.signal && { signal: request.signal }),
      });
      timer.onExpiry = () => {
        // Otherwise each next try would time out in turn on another dead kept-alive connection.
        if (sent.reusedSocket) closeIdle(options.agent);
        sent.destroy(new Error(`no answer within ${timer.seconds} s`));
      };
      try {
        const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
          sent.on('response', resolve);
          sent.on('error', reject);
          sent.end(payload);
        });
        timer.onExpiry = () => answer.destroy(new Error(`no whole answer within ${timer.seconds} s`));
        if (answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300) return answer;
        const body = await readAll(answer);
        throw toApiError(answer.statusCode ?? 0, body.toString(), answer.headers['retry-after']);
      } catch (error) {
        // The server may close a kept-alive connection just when we write to it. That is no answer, so try once more.
        const stale = sent.reusedSocket && isReset(error) && attempt === 1 && !request.signal?.aborted;
        if (!stale) throw error;
      }
    }
  }

  async function exchangeObserved(request: Request, timer: Timer): Promise<http.IncomingMessage> {
    const startedAt = performance.now();
    const report = (status: number | undefined) =>
      observer?.requested(request.method ?? 'GET', status, (performance.now() - startedAt) / 1000);
    try {
      const answer = await exchange(request, timer);
      report(answer.statusCode);
      return answer;
    } catch (error) {
      // An aborted request tells nothing about the server.
      if (!request.signal?.aborted) report(error instanceof ApiError ? error.status : undefined);
      throw error;
    }
  }

  return {
    async send(request) {
      const timer = startTimer(request.timeoutSeconds ?? 30);
      try {
        const answer = await exchangeObserved(request, timer);
        return JSON.parse((await readAll(answer)).toString());
      } catch (error) {
        throw toOwnError(error, request);
      } finally {
        timer.stop();
      }
    },
    async open(request) {
      const timer = startTimer(request.timeoutSeconds ?? 30);
      try {
        return stream(await exchangeObserved(request, timer), request);
      } catch (error) {
        throw toOwnError(error, request);
      } finally {
        timer.stop();
      }
    },
    close() {
      connections.close();
    },
  };
}

function toUrl(server: string, { path, query }: Request): URL {
  const url = new URL(server.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function readAll(answer: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The chunks of the body. The connection is closed when the caller stops reading, or when nothing arrives for too long. */
async function* stream(answer: http.IncomingMessage, request: StreamRequest): AsyncGenerator<Buffer> {
  const silence = startTimer(request.silenceSeconds);
  silence.onExpiry = () => answer.destroy(new Error(`no byte for ${silence.seconds} s`));
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      silence.refresh();
      yield chunk;
    }
  } catch (error) {
    throw toOwnError(error, request);
  } finally {
    silence.stop();
    answer.destroy();
  }
}

interface Timer {
  readonly seconds: number;
  onExpiry: () => void;
  refresh(): void;
  stop(): void;
}

function startTimer(seconds: number): Timer {
  const timeout = setTimeout(() => timer.onExpiry(), seconds * 1000);
  const timer: Timer = {
    seconds,
    onExpiry: () => {},
    refresh: () => void timeout.refresh(),
    stop: () => clearTimeout(timeout),
  };
  timeout.unref();
  return timer;
}

function isReset(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** ApiErrors and aborts stay as they are; everything else becomes a ConnectionError. */
function toOwnError(error: unknown, request: Request): unknown {
  if (error instanceof ApiError) return error;
  if (request.signal?.aborted) return error;
  if (error instanceof SyntaxError) return notJson(`the answer to ${request.method ?? 'GET'} ${request.path}`);
  return new ConnectionError(`${request.method ?? 'GET'} ${request.path} failed`, { cause: error });
}
