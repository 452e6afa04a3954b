import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { buildMetricsEndpoint, type Scrape } from '../../src/webhook/metrics.ts';

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

  test('answers 500 without a word of why where the metrics cannot be read', async () => {
    const broken = await ask('/metrics', () => Promise.reject(new Error('secret')));
    expect(broken).toMatchObject({ statusCode: 500, body: '' });
  });
});
