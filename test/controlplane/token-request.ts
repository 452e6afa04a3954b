/**
 * A request by the bearer of a token, with the headers of its answer: those say by which FlowSchema it was taken.
 */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** @param kubeconfig the path that `asServiceAccount` gave */
export function requestWithToken(kubeconfig: string, method: string, path: string, body?: object): Promise<Answer> {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': type };
  return new Promise((resolve, reject) => {
    const call = request(server + path, { method, headers, ca: Buffer.from(ca, 'base64') }, (answer) => {
      answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      answer.resume();
    });
    call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
