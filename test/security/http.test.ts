/**
 * The webhook's port of the real operator under attack: whatever comes, it answers honest reviews meanwhile or right after,
 * its memory stays bounded, and it is the same process at the end.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { reviewOf } from '../admission/admission-review.ts';
import { assignment, configMap, namespace } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { exchange, open, openPlain, post, requestOf, statuses } from './raw.ts';

const mebibyte = 1024 * 1024;
const honest = JSON.stringify(reviewOf());
const headersOf = (length: number) =>
  `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
const chunked = requestOf('POST /mutate HTTP/1.1', ['content-type: application/json', 'transfer-encoding: chunked']);
const marker = 'AKIAIOSFODNN7EXAMPLE';

describeWith(['control plane'], "the webhook's port", () => {
  const suite = useProduct();
  let port: number;
  let pid: number;

  beforeAll(async () => {
    const flag = suite
      .product()
      .operator()
      .command.find((arg) => arg.startsWith('--webhook-port='));
    port = Number(flag?.split('=')[1]);
    pid = suite.product().operator().pid;
    await suite.apply([namespace('finance'), assignment('finance', ['finance'])]);
  });

  async function answersHonestly(): Promise<void> {
    const { socket, closed } = await open(port);
    socket.write(post(honest));
    const received = await closed;
    expect(statuses(received)).toEqual(['200']);
    expect(JSON.parse(received.slice(received.indexOf('{')))).toMatchObject({ response: { allowed: true } });
  }

  /** In MiB. */
  function memory(field: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  }

  afterEach(async () => {
    await answersHonestly();
    expect(suite.product().operator().alive()).toBe(true);
    // The chart's limit of memory is 512 MiB.
    expect(memory('VmHWM')).toBeLessThan(450);
  });

  it.each<[string, Buffer, string[]]>([
    ['another path', requestOf('POST / HTTP/1.1'), ['404']],
    ['a path that goes on', post(honest, '/mutate/x'), ['404']],
    ['a path in other case', post(honest, '/MUTATE'), ['404']],
    ['a path with dots', post(honest, '/x/../mutate'), ['404']],
    ['a path that is broken', post(honest, '/%'), ['400']],
    ['a path of 10,000 characters', post(honest, `/${'a'.repeat(10_000)}`), ['404']],
    ["the probes' path", requestOf('GET /healthz HTTP/1.1'), ['404']],
    ['the path of metrics', requestOf('GET /metrics HTTP/1.1'), ['404']],
    ['a GET', requestOf('GET /mutate HTTP/1.1'), ['404']],
    ['a HEAD', requestOf('HEAD /mutate HTTP/1.1'), ['404']],
    ['an OPTIONS', requestOf('OPTIONS * HTTP/1.1'), ['404']],
    ['a DELETE', requestOf('DELETE /mutate HTTP/1.1'), ['404']],
    ['a TRACE', requestOf('TRACE /mutate HTTP/1.1'), ['404']],
    ['an upgrade', requestOf('GET /mutate HTTP/1.1', ['connection: upgrade', 'upgrade: websocket']), ['404']],
    ['no content type', requestOf('POST /mutate HTTP/1.1', ['content-length: 2'], '{}'), ['415']],
    ['text', requestOf('POST /mutate HTTP/1.1', ['content-type: text/plain', 'content-length: 2'], '{}'), ['415']],
    ['XML', requestOf('POST /mutate HTTP/1.1', ['content-type: text/xml', 'content-length: 2'], '{}'), ['415']],
    [
      'a form',
      requestOf('POST /mutate HTTP/1.1', ['content-type: multipart/form-data; boundary=x', 'content-length: 2'], '{}'),
      ['415'],
    ],
    ['an empty body', post(''), ['400']],
    ['half of a review', post(honest.slice(0, 100)), ['400']],
    ['a body that is shorter than it says, closed', post(honest.slice(0, 100), '/mutate', 99), ['400']],
    ['a review after a review in one body', post(honest + honest), ['400']],
    ['a list', post('[]'), ['400']],
    ['null', post('null'), ['400']],
    ['5 MiB of brackets', post('['.repeat(5 * mebibyte)), ['400']],
    ['100,000 lists in each other', post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), ['400']],
    [
      'metadata 100,000 deep',
      post(honest.replace('"metadata":{', `"metadata":{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)},`)),
      ['200'],
    ],
    ['a million keys', post(`{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":1`).join(',')}}`), ['400']],
    ['a key that stands there twice', post(honest.replace('"namespace":', '"namespace":"x","namespace":')), ['200']],
    [
      'a prototype',
      post(honest.replace('"metadata":{', '"__proto__":{"data":1},"metadata":{"__proto__":{"a":1},')),
      ['200'],
    ],
    ['a prototype and no more', post('{"__proto__":{"request":{}},"constructor":{"prototype":{"a":1}}}'), ['400']],
    [
      'bytes that are no UTF-8',
      post(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')])),
      ['400'],
    ],
    ['UTF-16', post(Buffer.from(`\ufeff${honest}`, 'utf16le')), ['400']],
    [
      'a compressed body',
      requestOf(
        'POST /mutate HTTP/1.1',
        ['content-type: application/json', 'content-encoding: gzip', `content-length: ${gzipSync(honest).length}`],
        gzipSync(honest),
      ),
      ['400'],
    ],
    ['a number that is none', post(honest.replace('"dryRun":false', '"dryRun":1e999')), ['200']],
    ['a length that is announced as too large', Buffer.from(headersOf(21 * mebibyte)), ['413']],
    [
      'a length beyond all numbers',
      Buffer.from(headersOf(1).replace('length: 1', `length: ${'9'.repeat(30)}`)),
      ['400'],
    ],
    ['a negative length', Buffer.from(headersOf(-1)), ['400']],
    ['two lengths', requestOf('POST /mutate HTTP/1.1', ['content-length: 2', 'content-length: 3'], '{}'), ['400']],
    [
      'a length and chunks',
      Buffer.concat([
        requestOf('POST /mutate HTTP/1.1', ['content-length: 4', 'transfer-encoding: chunked']),
        Buffer.from('0\r\n\r\nGET /mutate HTTP/1.1\r\n\r\n'),
      ]),
      ['400'],
    ],
    ['a chunk of no size', Buffer.concat([chunked, Buffer.from('zz\r\n{}\r\n')]), ['400']],
    ['a chunk larger than everything', Buffer.concat([chunked, Buffer.from('fffffffffffffffff\r\n')]), ['400']],
    ['headers of 100 KiB', requestOf('POST /mutate HTTP/1.1', [`x: ${'x'.repeat(100 * 1024)}`]), ['431']],
    [
      '10,000 headers',
      requestOf(
        'POST /mutate HTTP/1.1',
        Array.from({ length: 10_000 }, (_, i) => `x${i}: y`),
      ),
      ['431'],
    ],
    ['a header without a colon', requestOf('POST /mutate HTTP/1.1', ['x']), ['400']],
    ['an expectation', requestOf('POST /mutate HTTP/1.1', ['expect: a miracle']), ['417']],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), ['400']],
    ['HTTP/3', requestOf('POST /mutate HTTP/3.0'), ['400']],
    ['noise', Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 256)), ['400']],
  ])('answers %s as it deserves', async (_, bytes, expected) => {
    expect(await exchange(port, bytes)).toEqual(expected);
  });

  it('answers HTTP/1.0, and closes', async () => {
    const old = post(honest).toString().replace('HTTP/1.1', 'HTTP/1.0');
    expect(await exchange(port, old)).toEqual(['200']);
  });

  it('answers a client that has closed its half', async () => {
    const { socket, closed } = await open(port);
    socket.end(post(honest));
    expect(statuses(await closed)).toEqual(['200']);
  });

  it('answers twenty reviews that were sent at once, in their order', async () => {
    const { socket, received } = await open(port);
    const uids = Array.from({ length: 20 }, (_, index) => `review-${index}`);
    const bodies = uids.map((uid) => JSON.stringify(reviewOf({}, undefined, { uid })));
    socket.write(bodies.map((body) => headersOf(Buffer.byteLength(body)) + body).join(''));
    await expect.poll(() => statuses(received()), { timeout: 20_000 }).toHaveLength(20);
    expect([...received().matchAll(/"uid":"(review-\d+)"/g)].map(([, uid]) => uid)).toEqual(uids);
  });

  it('does not grow by chunks that never end', async () => {
    const { socket, closed } = await open(port);
    socket.write(chunked.toString().replace('connection: close\r\n', ''));
    const chunk = `100000\r\n${' '.repeat(mebibyte)}\r\n`;
    for (let sent = 0; sent < 40 && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), closed]).catch(() => {});
    }
    expect(statuses(await closed)).toEqual(['413']);
  });

  it('answers honest reviews while two hundred others never end their headers, or their bodies', async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => open(port)));
    slow.forEach(({ socket }, index) => {
      socket.write(
        ['POST /mut', 'POST /mutate HTTP/1.1\r\nx: y\r\n', headersOf(15 * mebibyte), headersOf(60_000)][index % 4] ??
          '',
      );
    });
    const trickle = setInterval(() => {
      for (const { socket } of slow) if (!socket.destroyed) socket.write('x');
    }, 200);
    try {
      for (let round = 0; round < 5; round++) await answersHonestly();
    } finally {
      clearInterval(trickle);
    }
    // The API server's way, too.
    await suite.apply(configMap('finance', 'meanwhile'));
  });

  it('bounds its memory while twelve clients send 15 MiB each at once', async () => {
    const filler = 'x'.repeat(15 * mebibyte - honest.length - 100);
    const large = post(honest.replace('"dryRun":false', `"dryRun":false,"more":"${filler}"`));
    const answers = await Promise.all(Array.from({ length: 12 }, () => exchange(port, large)));
    expect(answers).toEqual(Array.from({ length: 12 }, () => ['200']));
  }, 60_000);

  it.each([
    ['that never shake hands', openPlain],
    ['that have, and ask nothing', open],
  ])(
    'goes on beside 2,500 connections %s, and keeps 2,000 of them',
    async (_, connect) => {
      const before = memory('VmRSS');
      let closed = 0;
      // Some hundreds at once: the kernel holds back no more than that.
      for (let opened = 0; opened < 2500; opened += 250) {
        const idle = await Promise.all(Array.from({ length: 250 }, () => connect(port)));
        for (const connection of idle) void connection.closed.then(() => closed++);
      }
      await expect.poll(() => closed, { timeout: 10_000 }).toBeGreaterThanOrEqual(500);
      // An API server's may have made way for some, and come back.
      expect(closed).toBeLessThan(520);
      await answersHonestly();
      expect(memory('VmRSS') - before).toBeLessThan(200);
    },
    60_000,
  );

  it('speaks TLS 1.2 and 1.3 alone, with a name or without, and renegotiates nothing', async () => {
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(open(port, old)).rejects.toThrow();
    }
    for (const servername of ['', 'sse-kms-operator.sse-kms-system.svc', `${'a'.repeat(200)}.example.com`]) {
      await open(port, { servername });
    }
    const { socket, closed } = await open(port, { maxVersion: 'TLSv1.2' });
    const renegotiated = new Promise((resolve) => socket.renegotiate({}, resolve));
    expect(await Promise.race([renegotiated, closed])).not.toBeNull();
  });

  it('closes what is no TLS', async () => {
    for (const bytes of [post(honest), Buffer.from([0x16, 3, 1, 0xff, 0xff, 1]), Buffer.alloc(100_000)]) {
      const { socket, closed } = await openPlain(port);
      socket.write(bytes);
      socket.end();
      expect(await closed).not.toContain('HTTP/1.1 200');
    }
  });

  it('logs nothing of what it was sent', async () => {
    const bodies = [
      ['400', `{"a":"${marker}`],
      ['400', `"${marker}"`],
      // It is denied, since its uid can be read.
      ['200', honest.replace('"namespace":"finance"', `"namespace":{"${marker}":1}`)],
    ] as const;
    for (const [code, body] of bodies) expect(await exchange(port, post(body))).toEqual([code]);
    await exchange(port, post(honest, `/${marker}`));
    await exchange(
      port,
      requestOf(
        'POST /mutate HTTP/1.1',
        [`authorization: Bearer ${marker}`, `content-type: ${marker}/x`, 'content-length: 1'],
        'x',
      ),
    );
    expect(suite.product().operator().log()).not.toContain(marker);
  });
});
