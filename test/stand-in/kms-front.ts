/**
 * An HTTP server in front of a stand-in for KMS: it closes the stand-in's gaps, and does what KMS does on bad days.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly key: string;
  readonly region: string;
  readonly accessKeyId: string;
}

export interface KmsFront {
  readonly endpoint: string;
  /** What was asked since the start. */
  readonly asked: readonly Asked[];
  /** Does something else than to forward, where it returns true. */
  behave: (asked: Asked, response: ServerResponse) => boolean;
  stop(): Promise<void>;
}

/**
 * @param standIn where requests go to; moto finds keys of other accounts only by a header of its own
 * @param port where it was before, for one that is to be back there
 */
export async function startKmsFront(standIn: string, port = 0): Promise<KmsFront> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = await read(request);
    const scope = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const key = String(JSON.parse(body).KeyId);
    const one = { key, accessKeyId: scope[1] ?? '', region: scope[2] ?? '' };
    asked.push(one);
    if (front.behave(one, response)) return;
    const { 'content-type': type = '', 'x-amz-target': target = '', authorization = '' } = request.headers;
    const account = key.split(':')[4] ?? '123456789012';
    const headers = {
      ...{ 'content-type': type, 'x-amz-target': String(target), authorization },
      'x-moto-account-id': account,
    };
    const answer = await fetch(standIn, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(await answer.text());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const front: KmsFront = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave: () => false,
    async stop() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
  return front;
}

/** One of KMS's errors, as it answers it. */
export function refuse(response: ServerResponse, type: string, message = ''): true {
  return answer(response, 400, { __type: type, message });
}

export function answer(response: ServerResponse, status: number, body: object | string): true {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
  return true;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
