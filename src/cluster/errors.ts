/**
 * Errors of requests to the API server, and whether a retry can help.
 */

/** The API server answered with an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status, for example 404. */
  readonly status: number;
  /** `Status.reason`, for example `NotFound`; empty where the answer had none. */
  readonly reason: string;
  /** `Status.details.retryAfterSeconds`, or the header of that name. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, reason: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer, or an incomplete one: refused, cut off, timed out. The cause says which. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Leaves out the parser's error: it quotes the text, which may be of a Secret. */
export function notJson(what: string): ConnectionError {
  return new ConnectionError(`${what} is not JSON`);
}

/**
 * True where the same request may succeed later: no answer, conflict, too many requests, a failure of the server or of
 * a webhook it calls. Also 401, since a mounted token may be older than the one that replaced it.
 */
export function isRetriable(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  return [401, 408, 409, 429].includes(error.status) || error.status >= 500;
}

/** True for an answer of this status. */
export function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

/** The error for an answer outside 2xx; the body is a `Status` where the API server itself wrote it. */
export function toApiError(status: number, body: string, retryAfter: string | undefined): ApiError {
  const details = parseStatus(body);
  const seconds = details.details?.retryAfterSeconds ?? Number(retryAfter);
  return new ApiError(
    status,
    typeof details.reason === 'string' ? details.reason : '',
    typeof details.message === 'string' && details.message !== '' ? details.message : `HTTP status ${status}`,
    Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
  );
}

interface StatusBody {
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly retryAfterSeconds?: number } | null;
}

function parseStatus(body: string): StatusBody {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return { message: body.slice(0, 200) };
  }
}
