/**
 * HTTP errors: the answers where no review could be read or decided.
 */

import { failure, type Status } from '../admission/api-status.ts';
import { Unavailable } from '../core/unavailable.ts';
import { bodyMebibytes } from './bodies.ts';
import { DeadlineExceeded } from './deadline.ts';

export const notFound = failure(404, 'NotFound', 'not found');

const tooLate = failure(503, 'ServiceUnavailable', 'no answer could be found in time; try again');

/** Fastify's errors while it receives a request, each with a message for the sender. */
const received: ReadonlyMap<string | undefined, Status> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', failure(415, 'UnsupportedMediaType', 'send application/json')],
  ['FST_ERR_CTP_BODY_TOO_LARGE', failure(413, 'RequestEntityTooLarge', `the body is larger than ${bodyMebibytes} MiB`)],
]);

/**
 * The headers of an error. The connection is closed: the rest of an unread body would be taken for the next request. After a
 * 503 with `Retry-After` an API server repeats the call with the same uid, within the webhook's timeoutSeconds. It does so on a
 * new connection, which the Service may lead to another replica.
 */
export function toHeaders({ code }: Status): Readonly<Record<string, string>> {
  return { connection: 'close', ...(code === 503 && { 'retry-after': '1' }) };
}

/**
 * The HTTP answer to an error. An error that isn't known to be the sender's fault is a 500, so the webhook's failurePolicy
 * decides. The answer doesn't show the error itself; the log has it under the same uid.
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
