/**
 * A process of its own: the least that a mutating and a validating webhook on Node can do. `/mutate` answers a patch that puts the
 * text of the first argument into the file, `/validate` allows. It sends its port and certificate to its parent.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../http/self-signed.ts';

const [block = ''] = process.argv.slice(2);
const { cert, key } = await selfSigned();

function toResponse(path: string | undefined, review: string): object {
  const { uid, object } = JSON.parse(review).request;
  if (path?.startsWith('/mutate') !== true) return { uid, allowed: true };
  const operations = Object.entries<string>(object.data).map(([name, text]) => {
    const end = text.lastIndexOf('</configuration>');
    const value = end === -1 ? text + block : text.slice(0, end) + block + text.slice(end);
    return { op: 'replace', path: `/data/${name}`, value };
  });
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { uid, allowed: true, patchType: 'JSONPatch', patch };
}

const server = createServer({ cert, key }, (incoming, answer) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    const response = toResponse(incoming.url, Buffer.concat(chunks).toString());
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port, caBundle: Buffer.from(cert).toString('base64') });
