/**
 * A stretch of network in front of the API server that can go wrong on demand: requests refused, cut, left hanging, or
 * answered by half, while everything else reaches the real server.
 */
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';

export type Fault =
  /** The connection ends without an answer. */
  | 'cut'
  /** No answer, and the connection stays. */
  | 'hang'
  /** The answer ends in its middle. */
  | 'half'
  /** The answer comes in ten parts, one every 300 ms. */
  | 'slow'
  /** Each part of the answer comes so many milliseconds late. */
  | { readonly lateMs: number }
  /** This answer instead of the server's, once `after` is over. */
  | { readonly status: number; readonly body: unknown; readonly after?: Promise<unknown> };

export interface Interposer {
  readonly kubeConfig: KubeConfig;
  /** Decides on each request; the server gets those without a fault. */
  fault: (request: { readonly method: string; readonly url: URL }) => Fault | undefined;
  /** Called with each request when it arrives. */
  observe: (request: { readonly method: string; readonly url: URL }) => void;
  /** Every request that came, as method and URL. */
  readonly requests: string[];
  /** How many connections were opened. */
  connections(): number;
  /** Ends all connections at once, watches too. */
  cutAll(): void;
  /** Nothing that the server sends from now on passes, and no connection is closed: a cable pulled out. */
  freeze(): void;
  /** Nothing passes any more on the connections that there are, and none is closed; new ones work. */
  deafen(): void;
  stop(): Promise<void>;
}

/** Before the API server of a kubeconfig, whose credentials it uses. */
export async function startInterposer(real: KubeConfig): Promise<Interposer> {
  const credentials: https.RequestOptions = {};
  await real.applyToHTTPSOptions(credentials);
  const { ca, cert, key } = credentials;
  const agent = new https.Agent({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), keepAlive: true });
  const upstream = real.getCurrentCluster()?.server ?? '';
  const passing = new Set<http.IncomingMessage>();
  const requests: string[] = [];
  const opened = new Set<Socket>();
  const deaf = new WeakSet<Socket>();
  let connections = 0;

  const server = http.createServer((request, response) => {
    if (deaf.has(request.socket)) return;
    const method = request.method ?? '';
    const url = new URL(request.url ?? '/', upstream);
    requests.push(`${method} ${url.pathname}${url.search}`);
    interposer.observe({ method, url });
    const fault = interposer.fault({ method, url });
    if (fault === 'cut') return void request.socket.destroy();
    if (fault === 'hang') return;
    if (typeof fault === 'object' && 'status' in fault) {
      const { status, body, after } = fault;
      return void Promise.resolve(after).then(() => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(`${JSON.stringify(body)}\n`);
      });
    }
    const onward = https.request(url, { agent, method, headers: { ...request.headers, host: url.host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      response.flushHeaders();
      if (fault === 'half') {
        return void answer.once('data', (chunk: Buffer) => {
          response.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => request.socket.destroy());
        });
      }
      if (fault === 'slow') return void answer.toArray().then((chunks) => trickle(Buffer.concat(chunks), response));
      passing.add(answer);
      answer.on('close', () => passing.delete(answer));
      answer.on('error', () => response.destroy());
      response.on('close', () => answer.destroy());
      if (typeof fault === 'object') return void delay(answer, response, fault.lateMs);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    opened.add(socket);
    socket.on('close', () => opened.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const kubeConfig = new KubeConfig();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  kubeConfig.loadFromClusterAndUser({ name: 'test', server: address, skipTLSVerify: true }, { name: 'test' });
  const interposer: Interposer = {
    kubeConfig,
    fault: () => undefined,
    observe: () => {},
    requests,
    connections: () => connections,
    cutAll: () => server.closeAllConnections(),
    freeze() {
      for (const answer of passing) answer.unpipe();
    },
    deafen() {
      for (const socket of opened) deaf.add(socket);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
  return interposer;
}

function delay(answer: http.IncomingMessage, response: http.ServerResponse, lateMs: number): void {
  answer.on('data', (chunk) => setTimeout(() => response.write(chunk), lateMs));
  answer.on('end', () => setTimeout(() => response.end(), lateMs));
}

async function trickle(body: Buffer, response: http.ServerResponse): Promise<void> {
  const size = Math.ceil(body.length / 10);
  for (let start = 0; start < body.length && !response.destroyed; start += size) {
    await sleep(300);
    response.write(body.subarray(start, start + size));
  }
  response.end();
}
