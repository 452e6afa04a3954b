/**
 * Reports requests and answers to an observer, for metrics.
 */
import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { AdmissionResponse } from '../admission/responses.ts';
import type { AdmissionObserver, ObservedAnswer, WebhookName } from '../ports/observers.ts';

/** Reports each request for one of the two paths to the observer, from its headers to its end. */
export function observeRequests(app: FastifyInstance<Server>, observer: AdmissionObserver): void {
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

export function toObserved({
  allowed,
  auditAnnotations: { outcome = '', reasons = '' },
}: AdmissionResponse): ObservedAnswer {
  return { outcome, allowed, reason: reasons.split(',', 1)[0] ?? '' };
}

function toName(path: string | undefined): WebhookName | undefined {
  if (path === '/mutate') return 'mutate';
  return path === '/validate' ? 'validate' : undefined;
}
