/**
 * The webhook as main builds it, for tests that speak HTTP to it: closed after the test, and every line that it logs is kept.
 */

import { Writable } from 'node:stream';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { build, type WebhookDependencies } from '../../src/http/webhook-server.ts';
import type { Resolve } from '../../src/ports/assignment-resolver.ts';
import { files, finance, knowing } from '../admission/admission-review.ts';

export interface AnsweredReview {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations: Record<string, string>;
  readonly status?: { code: number; reason: string; message: string };
}

export interface AppOptions extends Partial<WebhookDependencies> {
  readonly resolution?: Resolution;
  readonly resolve?: Resolve;
}

export function buildApp(deps: AppOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const { resolution = { kind: 'assigned', assignment: finance }, resolve = async () => resolution, ...rest } = deps;
  const log = pino({ level: 'debug' }, stream);
  const app = build({ files, resolver: knowing(resolve), log, ...rest });
  onTestFinished(() => app.close());
  return { app, lines };
}

type App = ReturnType<typeof buildApp>['app'];

/** Posts a body as the API server does, once more where that is asked for, and gives the answered review, which has to be one. */
export async function post(app: App, url: string, body: unknown): Promise<AnsweredReview> {
  const first = await send(app, url, body);
  const reply = first.headers['retry-after'] === undefined ? first : await send(app, url, body);
  if (reply.statusCode !== 200) throw new Error(`HTTP ${reply.statusCode}: ${reply.body}`);
  return reply.json().response;
}

function send(app: App, url: string, body: unknown) {
  return app.inject({
    method: 'POST',
    url: `${url}?timeout=5s`,
    headers: { 'content-type': 'application/json' },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The `data` or `binaryData` after the answer's patch, by a reading of RFC 6902 of the tests' own. */
export function applyPatch<T extends object>(object: T, { patch }: AnsweredReview): T {
  const copy = structuredClone(object);
  const operations = patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString());
  for (const { op, path, value } of operations) {
    const keys = path.split('/').slice(1) as string[];
    const [field = '', key = ''] = keys;
    const values = (copy as Record<string, Record<string, string>>)[field];
    if (op !== 'replace' || keys.length !== 2 || values === undefined || !Object.hasOwn(values, key)) {
      throw new Error(`can't ${op} ${path}`);
    }
    Object.defineProperty(values, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return copy;
}
