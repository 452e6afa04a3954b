/**
 * A process of its own: a mutating and a validating webhook that do next to nothing. `/mutate` answers a patch that puts the
 * text of the first argument into the file, `/validate` allows. It sends its port and certificate to its parent.
 */
import { selfSigned } from '../http/self-signed.ts';
import { endWithParent } from './child.ts';
import { type Review, startNoOp } from './no-op-server.ts';

const [block = ''] = process.argv.slice(2);
const certificate = await selfSigned();

function toResponse(path: string, { request: { uid, object } }: Review): object {
  if (!path.startsWith('/mutate')) return { uid, allowed: true };
  const operations = Object.entries(object.data).map(([name, text]) => {
    const end = text.lastIndexOf('</configuration>');
    const value = end === -1 ? text + block : text.slice(0, end) + block + text.slice(end);
    return { op: 'replace', path: `/data/${name}`, value };
  });
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { uid, allowed: true, patchType: 'JSONPatch', patch };
}

endWithParent();
const port = await startNoOp(certificate, toResponse);
process.send?.({ port, caBundle: Buffer.from(certificate.cert).toString('base64') });
