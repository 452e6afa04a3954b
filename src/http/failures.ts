/**
 * What is answered where no review could be read, or none could be decided.
 */

import { failure, type Status } from '../admission/api-status.ts';
import { Unavailable } from '../core/unavailable.ts';
import { bodyMebibytes } from './bodies.ts';
import { DeadlineExceeded } from './deadline.ts';

export const notFound = failure(404, 'NotFound', 'not found');

const tooLate = failure(503, 'ServiceUnavailable', 'no answer could be found in time; try again');

/** Fastify's errors while it receives a request, in the words of one who has to send a better one. */
const received: ReadonlyMap<string | undefined, Status> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', failure(415, 'UnsupportedMediaType', 'send application/json')],
  ['FST_ERR_CTP_BODY_TOO_LARGE', failure(413, 'RequestEntityTooLarge', `the body is larger than ${bodyMebibytes} MiB`)],
  ['FST_ERR_HANDLER_TIMEOUT', tooLate],
]);

/**
 * What goes with an answer that is no review. The rest of a body that was not read to its end would be taken for the next
 * request. An API server asks again after a 503 with `Retry-After`, the same uid, within the webhook's timeoutSeconds; on a
 * new connection, which the Service may lead to another replica.
 */
export function toHeaders({ code }: Status): Readonly<Record<string, string>> {
  return { connection: 'close', ...(code === 503 && { 'retry-after': '1' }) };
}

/**
 * The answer to an error. What isn't known to be the sender's fault is a 500, so that the webhook's failurePolicy decides;
 * it says nothing of the error itself, which the log has under the same uid.
 */
export function toFailure(error: unknown, uid: string | undefined): Status {
  if (error instanceof DeadlineExceeded) return tooLate;
  if (error instanceof Unavailable) return failure(503, 'ServiceUnavailable', error.message);
  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  const known = received.get(code);
  if (known !== undefined) return known;
  // Only before a review was read: afterwards a 4xx is another server's answer to us.
  if (uid === undefined && statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return failure(statusCode, 'BadRequest', 'the request could not be received whole');
  }
  const where = uid === undefined ? '' : ` under uid ${uid}`;
  return failure(500, 'InternalError', `the review could not be answered; the operator's log says why${where}`);
}
