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

/** Until when, and whether at all, a request may go out. */
export interface Leave {
  readonly signal?: AbortSignal | undefined;
  /** Asked once a connection is there, right before the first byte goes out; where it says no, nothing is sent. */
  readonly permitted?: (() => boolean) | undefined;
}

export interface Request extends Leave {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** For example `/api/v1/configmaps`; parts that come from outside are escaped by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` where nothing is said. */
  readonly contentType?: string;
  /** `application/json` where nothing is said. */
  readonly accept?: string;
  /** Seconds until the whole answer (`open`: its head) must be there; 30 where nothing is said. */
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
        // Else the next tries would find out one by one, each within its own time, that every kept connection is dead.
        if (sent.reusedSocket) closeIdle(options.agent);
        sent.destroy(new Error(`no answer within ${timer.seconds} s`));
      };
      try {
        const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
          sent.on('response', resolve);
          sent.on('error', reject);
          onceConnected(sent, () => {
            if (request.permitted?.() ?? true) sent.end(payload);
            else sent.destroy(new Error('not sent: not permitted any more'));
          });
        });
        timer.onExpiry = () => answer.destroy(new Error(`no whole answer within ${timer.seconds} s`));
        if (answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300) return answer;
        const body = await readAll(answer);
        throw toApiError(answer.statusCode ?? 0, body.toString(), answer.headers['retry-after']);
      } catch (error) {
        // The server may close a kept-alive connection at the very moment we write to it: not its answer to us.
        const stale = sent.reusedSocket && isReset(error) && attempt === 1 && !request.signal?.aborted;
        if (!stale) throw error;
      }
    }
  }

  async function exchangeObserved(request: Request, timer: Timer): Promise<http.IncomingMessage> {
    const startedAt = performance.now();
    const tell = (status: number | undefined) =>
      observer?.requested(request.method ?? 'GET', status, (performance.now() - startedAt) / 1000);
    try {
      const answer = await exchange(request, timer);
      tell(answer.statusCode);
      return answer;
    } catch (error) {
      // What was given up says nothing of the server.
      if (!request.signal?.aborted) tell(error instanceof ApiError ? error.status : undefined);
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

/**
 * Calls back as soon as what is written goes out at once. A process that was stopped while it connected goes on with what
 * comes from the network, before any timer of its own can fire.
 */
function onceConnected(sent: http.ClientRequest, callback: () => void): void {
  sent.once('socket', (socket) => {
    const { secureConnecting = false } = socket as { secureConnecting?: boolean };
    if (secureConnecting) socket.once('secureConnect', callback);
    else if (socket.connecting) socket.once('connect', callback);
    else callback();
  });
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

/** The body's chunks; when nobody reads on, or nothing comes for too long, the connection is given up. */
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

/** Errors of ours pass; an abort passes, so that its owner knows it again; the rest is the connection's. */
function toOwnError(error: unknown, request: Request): unknown {
  if (error instanceof ApiError) return error;
  if (request.signal?.aborted) return error;
  if (error instanceof SyntaxError) return notJson(`the answer to ${request.method ?? 'GET'} ${request.path}`);
  return new ConnectionError(`${request.method ?? 'GET'} ${request.path} failed`, { cause: error });
}
