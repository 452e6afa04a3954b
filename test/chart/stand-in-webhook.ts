/**
 * A webhook in the operator's place: where a file says `plain` it is made to say `injected`, as an edit in the request.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueCa, issueLeaf } from '../../src/certificates/issue.ts';
import { namespace, release } from './chart.ts';

export interface StandInWebhook {
  readonly port: number;
  /** Base64, as in a webhook configuration. */
  readonly caBundle: string;
  stop(): Promise<void>;
}

export async function startStandInWebhook(files: readonly string[]): Promise<StandInWebhook> {
  const hour = 3_600_000;
  const ca = await issueCa(Date.now(), hour);
  const { certificate, key } = await issueLeaf(ca, [`${release}.${namespace}.svc`], Date.now(), hour);
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const review = JSON.parse(Buffer.concat(chunks).toString());
    const edits = request.url?.startsWith('/mutate') ? toEdits(review.request.object, files) : [];
    const patch = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(edits)).toString('base64') };
    const answer = { uid: review.request.uid, allowed: true, ...(edits.length > 0 && patch) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    caBundle: Buffer.from(ca.certificate).toString('base64'),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Content {
  readonly data?: Record<string, string>;
  readonly binaryData?: Record<string, string>;
}

function toEdits({ data = {}, binaryData = {} }: Content, files: readonly string[]) {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return files.flatMap((file) => [
    ...(data[file] === 'plain' ? [{ op: 'replace', path: `/data/${file}`, value: 'injected' }] : []),
    ...(binaryData[file] === base64('plain')
      ? [{ op: 'replace', path: `/binaryData/${file}`, value: base64('injected') }]
      : []),
  ]);
}
