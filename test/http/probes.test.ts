import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { buildProbes } from '../../src/http/probes.ts';

const log = pino({ level: 'silent' });

async function probe(url: string, { unhealthy = [] as string[], notReady = [] as string[] } = {}) {
  await using app = buildProbes({ unhealthy: () => unhealthy, notReady: () => notReady, log });
  const { statusCode, body } = await app.inject({ method: 'GET', url });
  return { statusCode, body };
}

describe('the probes', () => {
  test('answer 200 while nothing is wrong', async () => {
    expect(await probe('/healthz')).toEqual({ statusCode: 200, body: 'ok\n' });
    expect(await probe('/readyz')).toEqual({ statusCode: 200, body: 'ok\n' });
  });

  test('list what is not ready, one a line, with 503', async () => {
    const notReady = ['namespaces are not listed yet', 'the certificate is not trusted yet'];
    expect(await probe('/readyz', { notReady })).toEqual({ statusCode: 503, body: `${notReady.join('\n')}\n` });
  });

  test('keep a process that is healthy but not ready alive', async () => {
    expect((await probe('/healthz', { notReady: ['draining'] })).statusCode).toBe(200);
  });

  test('ask for a restart of what is unhealthy, with the reason', async () => {
    const unhealthy = ['no sync for 700 seconds'];
    expect(await probe('/healthz', { unhealthy })).toEqual({ statusCode: 503, body: 'no sync for 700 seconds\n' });
  });

  test('are asked anew each time', async () => {
    let notReady = ['starting'];
    await using app = buildProbes({ unhealthy: () => [], notReady: () => notReady, log });
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    notReady = [];
    expect((await app.inject('/readyz')).statusCode).toBe(200);
  });

  test('know nothing else', async () => {
    expect(await probe('/mutate')).toEqual({ statusCode: 404, body: '' });
  });

  test('answer 500 when a check itself fails', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    await using app = buildProbes({ unhealthy: broken, notReady: () => [], log });
    expect((await app.inject('/healthz')).statusCode).toBe(500);
  });
});
