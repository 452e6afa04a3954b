import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { buildMetricsEndpoint, type Scrape } from '../../src/http/metrics-endpoint.ts';
import { eventually } from '../product/eventually.ts';

const log = pino({ level: 'silent' });
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

async function ask(
  url: string,
  scrape: Scrape = async () => ({ contentType, text: 'a 1\n' }),
  method: 'GET' | 'POST' = 'GET',
) {
  await using app = buildMetricsEndpoint(scrape, log);
  const { statusCode, body, headers } = await app.inject({ method, url });
  return { statusCode, body, type: headers['content-type'] };
}

describe('the port for metrics', () => {
  test('answers /metrics with the text, under its content type', async () => {
    expect(await ask('/metrics')).toEqual({ statusCode: 200, body: 'a 1\n', type: contentType });
  });

  test('answers nothing else', async () => {
    for (const url of ['/', '/healthz', '/mutate', '/metrics/']) {
      expect(await ask(url)).toMatchObject({ statusCode: 404, body: '' });
    }
    expect(await ask('/metrics', undefined, 'POST')).toMatchObject({ statusCode: 404 });
  });

  test('reads them once for all who ask at the same time, and anew for those who ask later', async () => {
    let scrapes = 0;
    await using app = buildMetricsEndpoint(async () => ({ contentType, text: `a ${++scrapes}\n` }), log);
    const get = async () => (await app.inject('/metrics')).body;
    const answers = await Promise.all(Array.from({ length: 50 }, get));
    expect(new Set(answers)).toEqual(new Set(['a 1\n']));
    await eventually(get, (body) => body === 'a 2\n');
  });

  test('answers anew after a failure', async () => {
    let fails = true;
    const scrape = () => (fails ? Promise.reject(new Error('no')) : Promise.resolve({ contentType, text: 'a 1\n' }));
    await using app = buildMetricsEndpoint(scrape, log);
    expect((await app.inject('/metrics')).statusCode).toBe(500);
    fails = false;
    expect((await app.inject('/metrics')).statusCode).toBe(200);
  });

  test('answers 500 without a word of why where the metrics cannot be read', async () => {
    const broken = await ask('/metrics', () => Promise.reject(new Error('secret')));
    expect(broken).toMatchObject({ statusCode: 500, body: '' });
  });
});
