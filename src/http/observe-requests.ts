/**
 * What the webhook tells of itself while it serves. The observer is called for each request: it must be cheap, and never throws.
 */
import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { Answer } from '../admission/responses.ts';

/** Which of the two webhooks: the path without its slash. */
export type WebhookName = 'mutate' | 'validate';

export interface WebhookObserver {
  /** The headers are read; `bytes` is the announced size of the body, undefined where none is announced. */
  readonly received: (webhook: WebhookName, bytes: number | undefined) => void;
  readonly answered: (webhook: WebhookName, answer: Observed) => void;
  /** Nothing more will be sent. `code` is the HTTP status; 0 where the client hung up before. */
  readonly ended: (webhook: WebhookName, code: number, seconds: number) => void;
}

export interface Observed {
  readonly outcome: string;
  readonly allowed: boolean;
  /** The first of the reasons; empty where there is none. */
  readonly reason: string;
}

export const nobody: WebhookObserver = { received() {}, answered() {}, ended() {} };

/** Tells the observer of each request for one of the two paths, from its headers to its end. */
export function observeRequests(app: FastifyInstance<Server>, observer: WebhookObserver): void {
  app.addHook('onRequest', (request, reply, done) => {
    const webhook = toName(request.routeOptions.url);
    if (webhook !== undefined) {
      const announced = Number(request.headers['content-length']);
      observer.received(webhook, Number.isFinite(announced) ? announced : undefined);
      reply.raw.once('close', () => {
        const code = reply.raw.writableFinished ? reply.statusCode : 0;
        observer.ended(webhook, code, reply.elapsedTime / 1000);
      });
    }
    done();
  });
}

export function toObserved({ allowed, auditAnnotations: { outcome = '', reasons = '' } }: Answer): Observed {
  return { outcome, allowed, reason: reasons.split(',', 1)[0] ?? '' };
}

function toName(path: string | undefined): WebhookName | undefined {
  if (path === '/mutate') return 'mutate';
  return path === '/validate' ? 'validate' : undefined;
}
