/**
 * The webhook as an HTTPS application: it is built here and listens elsewhere.
 */
import { constants } from 'node:crypto';
import type { Server } from 'node:https';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { answerRequest, buildResolveFor, type Decide, toReviewedRequest } from '../admission/answer-request.ts';
import { failure } from '../admission/api-status.ts';
import { withReference } from '../admission/denials.ts';
import { buildFinalAnswer } from '../admission/disagreements.ts';
import { countParts, mostParts } from '../admission/json.ts';
import { mutate } from '../admission/mutate.ts';
import { type AdmissionResponse, toReview, unreadable } from '../admission/responses.ts';
import { findReverted } from '../admission/reverted.ts';
import { type AdmissionRequest, type Review, readReview } from '../admission/review.ts';
import type { RevertedUpdate } from '../core/contention.ts';
import type { FileRules } from '../core/plan/config-object.ts';
import { Unavailable } from '../core/unavailable.ts';
import type { AssignmentResolver } from '../ports/assignment-resolver.ts';
import type { AdmissionObserver, WebhookName } from '../ports/observers.ts';
import { bodyMebibytes, boundBodies } from './bodies.ts';
import { buildBodyBudget } from './body-budget.ts';
import { makeRoom } from './connection-room.ts';
import { withDeadline } from './deadline.ts';
import { notFound, toFailure, toHeaders } from './failures.ts';
import { mayOutlastItsWrite } from './large-answers.ts';
import { observeRequests, toObserved } from './observe-requests.ts';
import { observeQuiet } from './quiet.ts';
import { defaultTimeouts, type Timeouts, toFastifyTimeouts, toServerTimeouts } from './timeouts.ts';
import { buildTurns } from './turns.ts';
import { endUnusedOnClose } from './unused-connections.ts';

/** No renegotiation: API servers don't use it, and it costs the server more than the client. */
const tls = { minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_RENEGOTIATION } as const;
const bodyLimit = bodyMebibytes * 1024 * 1024;
/** All large bodies together that are read or answered at the same time. */
const bodiesLimit = 24 * 1024 * 1024;
/** Most reviews are smaller. */
const smallBody = 64 * 1024;
/** API servers open as many as they have reviews under way: some hundreds in a burst. Each may hold a small body: 131 MB. */
const mostConnections = 2000;

export interface WebhookDependencies {
  readonly files: FileRules;
  readonly resolver: AssignmentResolver;
  /** The page that a denial links to, without an anchor. */
  readonly docsUrl: string;
  readonly log: FastifyBaseLogger;
  readonly timeouts?: Timeouts;
  /** For metrics. */
  readonly observer?: AdmissionObserver;
  /** Called for each update that is changed back to what is stored. It must be cheap and must not throw. */
  readonly onReverted?: (update: RevertedUpdate) => void;
}

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface WebhookApp extends FastifyInstance<Server> {
  /**
   * Serves this certificate on connections made from now on; before the first call no handshake succeeds.
   * @throws Error if the two don't belong together, or aren't PEM; the certificate served so far stays.
   */
  useCertificate(certificate: Certificate): void;
  /**
   * From now on every answer closes its connection. API servers keep connections to a terminating pod. So at shutdown first fail
   * readiness, drain, wait for the endpoints to change, then close: until then every request is still answered.
   */
  drain(): void;
  /** Resolves once there was no request for a while, or after a time limit. */
  quiet(): Promise<void>;
}

/** Builds the app with both webhooks; the caller listens. */
export function build(deps: WebhookDependencies): WebhookApp {
  const { files, resolver, docsUrl, log, timeouts = defaultTimeouts, observer, onReverted } = deps;
  const app = Fastify({
    https: { ...tls, ...toServerTimeouts(timeouts) },
    ...toFastifyTimeouts(timeouts),
    bodyLimit,
    // Of Fastify's own log lines only warnings and errors.
    loggerInstance: log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    // What is logged of a review has its uid; a logger of its own for each would cost more than it tells.
    childLoggerFactory: (logger) => logger,
    return503OnClosing: false,
  }) as FastifyInstance<Server> as WebhookApp;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => body,
  );
  endUnusedOnClose(app);
  makeRoom(app.server, mostConnections);
  // First of all hooks: the time of a review includes its wait for room.
  if (observer !== undefined) observeRequests(app, observer);

  boundBodies(app, { largest: bodyLimit, together: bodiesLimit, small: smallBody }, timeouts.receive);

  let draining = false;
  app.decorate('drain', () => {
    draining = true;
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (draining || mayOutlastItsWrite(reply.raw, payload)) reply.header('connection', 'close');
  });
  app.decorate('quiet', observeQuiet(app));
  app.decorate('useCertificate', ({ cert, key }: Certificate) => {
    // Node would take an empty text for no certificate, and every handshake would fail from then on.
    if (cert === '' || key === '') throw new Error('the certificate or its key is empty');
    // Options that aren't repeated here would fall back to Node's defaults.
    app.server.setSecureContext({ cert, key, ...tls });
  });

  const turn = buildTurns();
  /** Bounds the memory of parsed reviews: some 100 bytes a part, even where a part has few bytes in the body. */
  const parsed = buildBodyBudget(mostParts);
  /** The uid of each request's review, for the log of a request that fails. */
  const reviews = new WeakMap<FastifyRequest, string>();

  async function inTurn<T>(parts: number, reply: FastifyReply, work: () => Promise<T>): Promise<T> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const { release } = await parsed.take(parts, gone.signal);
    try {
      await turn();
      return await work();
    } finally {
      release();
    }
  }

  const serve = (name: WebhookName, answerRequest: (request: AdmissionRequest) => Promise<AdmissionResponse>) => {
    const path = `/${name}`;
    app.post(path, async (http, reply) => {
      const body = http.body instanceof Buffer ? http.body : Buffer.alloc(0);
      if (body.length <= smallBody) return answerReview(readReview(body), http, reply);
      const parts = countParts(body);
      return inTurn(parts, reply, () => answerReview(readReview(body, parts), http, reply));
    });

    async function answerReview(review: Review, http: FastifyRequest, reply: FastifyReply) {
      if (review.kind === 'invalid') {
        const { uid, message } = review;
        log.warn({ path, uid, problem: message }, 'could not read a review');
        if (uid === undefined) return reply.code(400).send(failure(400, 'BadRequest', message));
        const answer = unreadable(message);
        observer?.answered(name, toObserved(answer));
        return toReview(uid, withReference(answer, docsUrl));
      }
      const { request } = review;
      reviews.set(http, request.uid);
      const answer = await withDeadline(answerRequest(request), timeouts.answer);
      observer?.answered(name, toObserved(answer));
      logAnswer(log, path, request, answer, reply.elapsedTime);
      return toReview(request.uid, withReference(answer, docsUrl));
    }
  };
  const resolveFor = buildResolveFor(resolver);
  const decide: Decide = (plan, assignment, leavesFiles, request) => {
    const reverted = findReverted(request, plan, assignment);
    if (reverted !== undefined) {
      observer?.reverted();
      onReverted?.(reverted);
    }
    return mutate(plan, assignment, leavesFiles);
  };
  serve('mutate', (request) => answerRequest(toReviewedRequest(request, files, 'write'), resolveFor(request), decide));
  serve('validate', buildFinalAnswer(files, resolver));

  app.setNotFoundHandler((_request, reply) => reply.code(404).send(notFound));
  app.setErrorHandler((error, http, reply) => {
    const uid = reviews.get(http);
    const status = toFailure(error, uid);
    const fields = { path: http.routeOptions.url, uid, code: status.code, err: error };
    if (error instanceof Unavailable)
      log.warn({ ...fields, err: undefined, problem: error.message, cause: error.cause }, 'asked to be asked again');
    else if (status.code >= 500) log.error(fields, 'could not answer a review');
    else log.warn(fields, 'could not read a review');
    return reply.code(status.code).headers(toHeaders(status)).send(status);
  });
  return app;
}

/** Logs what was decided and why, never the contents of the object. Answers that changed nothing are logged at debug level. */
function logAnswer(
  log: FastifyBaseLogger,
  path: string,
  { uid, operation, namespace, name, dryRun }: AdmissionRequest,
  { allowed, patch, auditAnnotations }: AdmissionResponse,
  milliseconds: number,
): void {
  const fields = { path, uid, operation, namespace, name, dryRun, allowed, ...auditAnnotations, milliseconds };
  const quiet = allowed && patch === undefined && auditAnnotations.reasons === undefined;
  log[quiet ? 'debug' : 'info'](fields, 'answered a review');
}
