/**
 * A store for the requests of S3A: a proxy that answers for every host itself, over HTTP and TLS, so that it sees what goes
 * where, under which headers and with which signature. It stores nothing.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { KeyPair } from '../../../src/certificates/issue.ts';
import { buildHostContexts } from './host-contexts.ts';
import { type Head, headerOf, readHeads } from './request-heads.ts';
import { checkSignature, type Signature } from './signature.ts';

export const accessKey = 'AKIAWIRE';
export const secretKey = 'secret-of-the-wire';

export interface Request {
  readonly method: string;
  /** Where the client sends it: scheme, host and port. */
  readonly origin: string;
  /** The Host header, by which S3 goes. */
  readonly host: string;
  readonly path: string;
  /** What S3 takes for the bucket: what stands in front of its own domain in Host, or the first part of the path. */
  readonly bucket: string;
  /** The headers about encryption, in lower case, each with all its values in their order. */
  readonly encryption: Readonly<Record<string, readonly string[]>>;
  readonly headerNames: readonly string[];
  readonly signature: Signature | null;
}

export interface Store {
  readonly port: number;
  /** What has been received since the last call. */
  take(): Request[];
  stop(): Promise<void>;
}

/**
 * @param ca signs a certificate for each host that is asked for over TLS
 * @param respond answers a request; default: as buckets that hold nothing
 */
export async function startStore(
  ca: KeyPair,
  respond: (request: Request, head: Head) => string = answer,
): Promise<Store> {
  let received: Request[] = [];
  const sockets = new Set<Socket>();

  const contextFor = buildHostContexts(ca);
  const serve = (stream: Duplex, tunnel: string | null): void => {
    stream.on('error', () => stream.destroy());
    readHeads(stream, (head) => {
      if (head.method === 'CONNECT') return void openTunnel(stream, head.target);
      const request = toRequest(head, tunnel);
      received.push(request);
      stream.write(respond(request, head));
    });
  };
  const openTunnel = async (stream: Duplex, target: string): Promise<void> => {
    const secureContext = await contextFor(target.replace(/:\d+$/, ''));
    stream.write('HTTP/1.1 200 Connection established\r\n\r\n');
    serve(new TLSSocket(stream, { isServer: true, secureContext }), `https://${target}`);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, null);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = received;
      received = [];
      return taken;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function toRequest(head: Head, tunnel: string | null): Request {
  const [, proxied = '', rest = ''] = /^(https?:\/\/[^/?]+)?(.*)$/s.exec(head.target) ?? [];
  const host = headerOf(head, 'host');
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const names = head.rawHeaders.filter((_, index) => index % 2 === 0);
  const encryption: Record<string, string[]> = {};
  for (const [index, name] of names.entries()) {
    if (!/server-side-encryption/i.test(name)) continue;
    encryption[name.toLowerCase()] ??= [];
    encryption[name.toLowerCase()]?.push(head.rawHeaders[2 * index + 1] as string);
  }
  return {
    method: head.method,
    origin: tunnel ?? (proxied || `http://${host}`),
    host,
    path,
    bucket: bucketOf(host, path),
    encryption,
    headerNames: names,
    signature: checkSignature(head, path, secretKey),
  };
}

function bucketOf(host: string, path: string): string {
  const inHost = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com\.?(?::\d+)?$/i.exec(host)?.[1];
  return inHost ?? decodeURIComponent(/^\/+([^/?]*)/.exec(path)?.[1] ?? '');
}

const listings = new Map([
  ['list-type', '<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>'],
  ['prefix', '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'],
  ['delete', '<DeleteResult/>'],
  ['location', '<LocationConstraint>us-west-2</LocationConstraint>'],
]);

/** As S3 answers about buckets that exist and hold nothing, and for empty objects. */
export function answer({ method, path, bucket }: Request): string {
  if (method === 'PUT') return toMessage('200 OK', { etag: '"d41d8cd98f00b204e9800998ecf8427e"' });
  if (method === 'DELETE') return toMessage('204 No Content');
  const query = new URLSearchParams(path.replace(/^[^?]*/, ''));
  if (method === 'HEAD') {
    const key = path.replace(/\?.*/s, '').replace(`/${bucket}`, '').replaceAll('/', '');
    return toMessage(key === '' ? '200 OK' : '404 Not Found');
  }
  const listing = [...listings].find(([name]) => query.has(name))?.[1];
  if (listing === undefined) return toMessage('404 Not Found', {}, '<Error><Code>NoSuchKey</Code></Error>');
  return toMessage('200 OK', { 'content-type': 'application/xml' }, listing);
}

export function toMessage(status: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}
