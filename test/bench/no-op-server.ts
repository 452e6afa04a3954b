/**
 * The least that a webhook on Node can do: read a review, and send what `toResponse` makes of it.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mayOutlastItsWrite } from '../../src/http/large-answers.ts';
import type { Certificate } from '../../src/http/webhook-server.ts';

export interface Review {
  readonly request: { readonly uid: string; readonly object: { readonly data: Readonly<Record<string, string>> } };
}

export const toAnswer = (response: object) =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });

/** Listens on 127.0.0.1; returns the port. */
export async function startNoOp(
  certificate: Certificate,
  toResponse: (path: string, review: Review) => object,
): Promise<number> {
  const server = createServer(certificate, (incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const response = toResponse(incoming.url ?? '', JSON.parse(Buffer.concat(chunks).toString()));
      answer.setHeader('content-type', 'application/json');
      const text = toAnswer(response);
      // As this product does: the next review on the connection would fail.
      if (mayOutlastItsWrite(answer, text)) answer.setHeader('connection', 'close');
      answer.end(text);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
