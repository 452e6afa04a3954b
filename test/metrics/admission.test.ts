/**
 * The webhook's metrics after real reviews, over HTTPS as the API server sends them.
 */
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { refusalReasons } from '../../src/core/reasons.ts';
import type { Certificate } from '../../src/http/webhook-server.ts';
import { buildMetrics } from '../../src/metrics/registry.ts';
import { audited, configMap, finance, plain, reviewOf } from '../admission/admission-review.ts';
import { type AppOptions, buildApp } from '../http/running-app.ts';
import { selfSigned } from '../http/self-signed.ts';
import { eventually } from '../product/eventually.ts';
import { parseExposition } from './exposition.ts';

let certificate: Certificate;
beforeAll(async () => {
  certificate = await selfSigned();
});

async function serve(deps: AppOptions = {}) {
  const metrics = buildMetrics({ version: '1.2.3', node: '24.0.0' });
  const { app } = buildApp({ observer: metrics.admission, ...deps });
  app.useCertificate(certificate);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const open = (path: string, body: string, headers: Record<string, string> = {}) => {
    const all = { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(body)}`, ...headers };
    return request({ host: '127.0.0.1', port, agent, path, method: 'POST', headers: all, ca: certificate.cert });
  };
  const post = async (path: string, body: unknown, headers?: Record<string, string>): Promise<number> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const sent = open(path, text, headers).end(text);
    const [reply] = await once(sent, 'response');
    reply.resume();
    await once(reply, 'close');
    return reply.statusCode;
  };
  const read = async () => parseExposition((await metrics.scrape()).text);
  return { open, post, read };
}

const broken = reviewOf({ data: { 'core-site.xml': '<configuration>' } });

describe('the metrics of the webhook', () => {
  it('count what was answered, by webhook, outcome and reason', async () => {
    const { post, read } = await serve();
    await post('/mutate?timeout=5s', reviewOf());
    await post('/mutate?timeout=5s', reviewOf());
    await post('/mutate?timeout=5s', broken);
    // As the API server does where it is asked to.
    expect(await post('/validate?timeout=5s', reviewOf())).toBe(503);
    await post('/validate?timeout=5s', reviewOf());
    const { sum } = await read();
    expect(sum('ssekms_admission_failures_total', { webhook: 'validate', code: '503' })).toBe(1);
    const reviews = 'ssekms_admission_reviews_total';
    expect(sum(reviews)).toBe(4);
    expect(sum(reviews, { webhook: 'mutate', outcome: 'change', allowed: 'true', reason: '' })).toBe(2);
    expect(sum(reviews, { webhook: 'mutate', outcome: 'refused', allowed: 'false', reason: 'Malformed' })).toBe(1);
    expect(sum(reviews, { webhook: 'validate', outcome: 'change', allowed: 'false', reason: 'NotInjected' })).toBe(1);
  });

  it('observe how long each took, and how large it was', async () => {
    const { post, read } = await serve({
      resolve: () => new Promise((resolve) => setTimeout(resolve, 60, { kind: 'none' })),
    });
    const body = JSON.stringify(reviewOf());
    await post('/validate', body);
    const { sum, series } = await eventually(read, ({ sum }) => sum('ssekms_admission_duration_seconds_count') === 1);
    expect(sum('ssekms_admission_duration_seconds_sum', { webhook: 'validate' })).toBeGreaterThan(0.05);
    expect(sum('ssekms_admission_duration_seconds_sum', { webhook: 'mutate' })).toBe(0);
    expect(sum('ssekms_admission_request_size_bytes_sum')).toBe(body.length);
    expect(series.get('ssekms_admission_duration_seconds_bucket{le="0.05",webhook="validate"}')).toBe(0);
    expect(series.get('ssekms_admission_duration_seconds_bucket{le="30",webhook="validate"}')).toBe(1);
  });

  it('count a review as in flight until its answer is out', async () => {
    const { promise, resolve } = Promise.withResolvers<Resolution>();
    const { post, read } = await serve({ resolve: () => promise });
    const answered = post('/mutate', reviewOf());
    const inFlight = 'ssekms_admission_in_flight_requests';
    await eventually(read, ({ sum }) => sum(inFlight, { webhook: 'mutate' }) === 1);
    resolve({ kind: 'none' });
    await answered;
    await eventually(read, ({ sum }) => sum(inFlight) === 0);
  });

  it('tell failures from answers, by HTTP status', async () => {
    const { post, read } = await serve({ resolve: () => Promise.reject(new Error('no namespaces')) });
    expect(await post('/mutate', reviewOf())).toBe(500);
    expect(await post('/mutate', 'nonsense')).toBe(400);
    expect(await post('/validate', 'text', { 'content-type': 'text/plain' })).toBe(415);
    const failures = 'ssekms_admission_failures_total';
    const { sum } = await eventually(read, ({ sum }) => sum(failures) === 3);
    expect(sum(failures, { webhook: 'mutate', code: '500' })).toBe(1);
    expect(sum(failures, { webhook: 'mutate', code: '400' })).toBe(1);
    expect(sum(failures, { webhook: 'validate', code: '415' })).toBe(1);
    expect(sum('ssekms_admission_reviews_total')).toBe(0);
    expect(sum('ssekms_admission_duration_seconds_count')).toBe(3);
  });

  it('count a review that the API server gave up on as aborted', async () => {
    const { promise: never } = Promise.withResolvers<Resolution>();
    const { open, read } = await serve({ resolve: () => never });
    const body = JSON.stringify(reviewOf());
    const sent = open('/mutate', body).on('error', () => {});
    sent.end(body);
    await eventually(read, ({ sum }) => sum('ssekms_admission_in_flight_requests') === 1);
    sent.destroy();
    const { sum } = await eventually(read, ({ sum }) => sum('ssekms_admission_in_flight_requests') === 0);
    expect(sum('ssekms_admission_failures_total', { webhook: 'mutate', code: 'aborted' })).toBe(1);
  });

  it('say nothing of other paths', async () => {
    const { post, read } = await serve();
    expect(await post('/metrics', '{}')).toBe(404);
    const { sum } = await read();
    expect(sum('ssekms_admission_duration_seconds_count')).toBe(0);
    expect(sum('ssekms_admission_failures_total')).toBe(0);
  });
});

/** Everything that the webhook can answer: what is asked, and what it decides on. */
const strict = { ...finance, enforcement: 'Strict' as const };
const updates = (object: object, old: object = object) => reviewOf(object, old, { operation: 'UPDATE' });
const badFile = { data: { 'core-site.xml': '<configuration>' } };
const answers: readonly (readonly [string, Resolution, ReturnType<typeof reviewOf>])[] = [
  ['a change', { kind: 'assigned', assignment: finance }, reviewOf()],
  ['a change under Audit', { kind: 'assigned', assignment: audited }, reviewOf()],
  ['no config object', { kind: 'assigned', assignment: finance }, reviewOf({ data: { a: 'b' } })],
  ['no assignment', { kind: 'none' }, reviewOf()],
  ['an immutable one', { kind: 'assigned', assignment: finance }, updates({ ...configMap(), immutable: true })],
  [
    'one on its way out',
    { kind: 'none' },
    updates({
      ...configMap({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, data: { 'core-site.xml': plain } }),
    }),
  ],
  ['a conflict', { kind: 'conflict', assignments: [finance, strict] }, reviewOf()],
  ['a conflict under Audit', { kind: 'conflict', assignments: [audited, audited] }, reviewOf()],
  ['a refusal', { kind: 'assigned', assignment: finance }, reviewOf(badFile)],
  ['a refusal under Audit', { kind: 'assigned', assignment: audited }, reviewOf(badFile)],
  ['a refusal that changes nothing', { kind: 'assigned', assignment: finance }, updates(badFile)],
];

describe('the series of the reviews', () => {
  it.each(answers)('are there from the start: %s', async (_, resolution, review) => {
    const { post, read } = await serve({ resolution });
    const before = [...(await read()).series.keys()];
    expect(await post('/mutate', review)).toBe(200);
    const once = await post('/validate', review);
    expect(once === 503 ? await post('/validate', review) : once).toBe(200);
    const after = await read();
    expect(after.sum('ssekms_admission_reviews_total')).toBe(2);
    expect([...after.series.keys()].filter((key) => !before.includes(key) && key.startsWith('ssekms_'))).toEqual([]);
  });

  it('are there for every reason to refuse a file', async () => {
    const { read } = await serve();
    const { sum } = await read();
    for (const reason of refusalReasons) {
      for (const webhook of ['mutate', 'validate']) {
        expect(sum('ssekms_admission_reviews_total', { webhook, reason, allowed: 'false' })).toBe(0);
      }
    }
  });
});
