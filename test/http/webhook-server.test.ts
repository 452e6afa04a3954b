import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/core/unavailable.ts';
import { audited, configMap, files, plain, reviewOf } from '../admission/admission-review.ts';
import { applyPatch, buildApp, post } from './running-app.ts';

const json = { 'content-type': 'application/json' };
const uid = reviewOf().request.uid;

describe('a review', () => {
  test('is answered under its own uid with the patch that injects the key', async () => {
    const { app } = buildApp();
    const answer = await post(app, '/mutate', reviewOf());
    expect(answer).toMatchObject({
      uid,
      allowed: true,
      auditAnnotations: { outcome: 'change', assignment: 'finance' },
    });
    const { data } = applyPatch(configMap(), answer) as { data: Record<string, string> };
    expect(data['core-site.xml']).toContain('arn:aws:kms:us-west-2:360379543683:key/071a86ff');
    expect(await post(app, '/validate', reviewOf({ data }))).toMatchObject({ uid, allowed: true });
  });

  test('of a dry run is answered as the write itself would be', async () => {
    const { app } = buildApp();
    const { patch } = await post(app, '/mutate', reviewOf());
    expect((await post(app, '/mutate', reviewOf({}, undefined, { dryRun: true }))).patch).toBe(patch);
  });

  test('of a name still to be generated is answered like any other', async () => {
    const { app } = buildApp();
    const review = reviewOf(
      { metadata: { generateName: 'h-', name: undefined }, data: { 'core-site.xml': plain } },
      undefined,
      { name: '' },
    );
    expect(await post(app, '/mutate', review)).toMatchObject({ allowed: true, patch: expect.any(String) });
  });

  test('gets a patch of the files that change, and of nothing else', async () => {
    const { app } = buildApp();
    const hostile = plain.replaceAll('fs.defaultFS', 'fs.s3a.bucket.b.encryption.key');
    const object = configMap({
      data: { 'core-site.xml': plain, 'hdfs-site.xml': plain, 'log4j.properties': 'x' },
      binaryData: { 'hdfs-site.xml': btoa(hostile) },
    });
    const changed = applyPatch(object, await post(app, '/mutate', reviewOf(object)));
    expect(changed.data).toMatchObject({ 'hdfs-site.xml': plain, 'log4j.properties': 'x' });
    expect(changed.data).not.toEqual(object.data);
    expect(atob((changed.binaryData as Record<string, string>)['hdfs-site.xml'] ?? '')).not.toContain('bucket.b');
    expect(await post(app, '/validate', reviewOf(changed))).toMatchObject({ allowed: true });
  });

  test('of a file in binaryData gets its patch in base64', async () => {
    const { app } = buildApp();
    const object = configMap({
      binaryData: { 'core-site.xml': Buffer.from(plain.replace('ledger', 'büch')).toString('base64') },
    });
    const { binaryData } = applyPatch(object, await post(app, '/mutate', reviewOf(object))) as typeof object;
    const text = Buffer.from((binaryData as Record<string, string>)['core-site.xml'] ?? '', 'base64').toString();
    expect(text).toContain('s3a://büch');
    expect(text).toContain('fs.s3a.encryption.key');
  });

  test('that another webhook stripped is denied by /validate', async () => {
    const { app } = buildApp();
    expect(await post(app, '/validate', reviewOf())).toMatchObject({
      allowed: false,
      status: { code: 403, reason: 'NotInjected' },
    });
  });

  test('under Audit is allowed on both paths without a patch', async () => {
    const { app } = buildApp({ resolution: { kind: 'assigned', assignment: audited } });
    for (const path of ['/mutate', '/validate']) {
      const answer = await post(app, path, reviewOf());
      expect(answer).toMatchObject({ allowed: true, auditAnnotations: { outcome: 'change', enforcement: 'Audit' } });
      expect(answer).not.toHaveProperty('patch');
    }
  });

  test('may come with a charset in its content type', async () => {
    const { app } = buildApp();
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const reply = await app.inject({ method: 'POST', url: '/mutate', headers, payload: JSON.stringify(reviewOf()) });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
  });
});

describe('a request that holds no review is refused and never allowed', () => {
  const send = async (payload: string, headers: Record<string, string> = json, url = '/mutate') => {
    const { app, lines } = buildApp();
    const reply = await app.inject({ method: 'POST', url, headers, payload });
    return { code: reply.statusCode, body: reply.body, status: reply.body === '' ? {} : reply.json(), lines };
  };

  test.each([
    ['text that is not JSON', '{"apiVersion": '],
    ['an empty body', ''],
    ['JSON null', 'null'],
    ['a JSON string', '"x"'],
    ['an object of another kind', JSON.stringify(configMap())],
    ['a review of v1beta1', JSON.stringify({ ...reviewOf(), apiVersion: 'admission.k8s.io/v1beta1' })],
    ['a review without a uid', JSON.stringify(reviewOf({}, undefined, { uid: '' }))],
  ])('with 400: %s', async (_name, payload) => {
    for (const path of ['/mutate', '/validate']) {
      const { code, status } = await send(payload, json, path);
      expect(code).toBe(400);
      expect(status).toMatchObject({ kind: 'Status', status: 'Failure', code: 400, reason: 'BadRequest' });
      expect(status.message).toContain('AdmissionReview');
      expect(status).not.toHaveProperty('response');
    }
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/yaml',
    'application/json-patch+json',
    'json',
  ])('with 415: %s', async (type) => {
    const { code, status } = await send(JSON.stringify(reviewOf()), { 'content-type': type });
    expect(code).toBe(415);
    expect(status.message).toContain('application/json');
  });

  test.each([
    ['', 'empty'],
    ['{"apiVersion": ', 'not JSON'],
  ])('%j in words that say why', async (payload, words) => {
    expect((await send(payload)).status.message).toContain(words);
  });

  test('with 413: a body over 20 MiB', async () => {
    const { code, status } = await send(`"${'<'.repeat(20 * 1024 * 1024)}"`);
    expect([code, status.reason]).toEqual([413, 'RequestEntityTooLarge']);
  });

  test('with 404 and no detail: any other path or method', async () => {
    const { app } = buildApp();
    const answers = await Promise.all([
      app.inject({ method: 'GET', url: '/mutate' }),
      app.inject({ method: 'PUT', url: '/validate', headers: json, payload: '{}' }),
      app.inject({ method: 'POST', url: '/', headers: json, payload: JSON.stringify(reviewOf()) }),
      app.inject({ method: 'POST', url: '/mutate/', headers: json, payload: JSON.stringify(reviewOf()) }),
      app.inject({ method: 'GET', url: '/healthz' }),
      app.inject({ method: 'GET', url: '/../../etc/passwd' }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 404));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]?.body).not.toContain('mutate');
  });
});

describe('a review that can not be read, but for its uid, is denied, so that Ignore does not let it pass', () => {
  const owners = Array.from({ length: 310_000 }, () => ({ kind: 'a', name: 'b', uid: 'c', controller: false }));
  test.each([
    [
      'of more parts than are parsed',
      reviewOf({ metadata: { ownerReferences: owners }, data: { 'core-site.xml': plain } }),
    ],
    ['of a DELETE', reviewOf({}, undefined, { operation: 'DELETE', object: null })],
    ['of data that is no text', reviewOf({ data: { 'core-site.xml': 1 } })],
  ])('%s', async (_name, review) => {
    const { app } = buildApp();
    for (const path of ['/mutate', '/validate']) {
      expect(await post(app, path, review)).toMatchObject({
        uid,
        allowed: false,
        auditAnnotations: { outcome: 'unreadable', reasons: 'Unreadable' },
        status: { code: 403, reason: 'Unreadable' },
      });
    }
  });

  test('but not one that is only nested deep', async () => {
    const { app } = buildApp();
    const fields = `${'{"f:a":'.repeat(5000)}{}${'}'.repeat(5000)}`;
    const metadata = { managedFields: [{ manager: 'kubectl', fieldsV1: 'FIELDS' }] };
    const review = JSON.stringify(reviewOf({ metadata, data: { 'core-site.xml': plain } })).replace('"FIELDS"', fields);
    expect(await post(app, '/mutate', review)).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
  });
});

describe('a bug or an unreachable API server', () => {
  const broken = {
    resolve: () => Promise.reject(Object.assign(new Error('secret detail'), { statusCode: 404, code: 404 })),
  };

  test('is a 500, so that the failurePolicy decides, and says nothing of the error', async () => {
    const { app } = buildApp(broken);
    for (const url of ['/mutate', '/validate']) {
      const reply = await app.inject({ method: 'POST', url, headers: json, payload: JSON.stringify(reviewOf()) });
      expect(reply.statusCode).toBe(500);
      expect(reply.json()).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
      expect(reply.body).toContain(uid);
      expect(reply.body).not.toContain('secret detail');
    }
  });

  test('is logged with the uid and the error', async () => {
    const { app, lines } = buildApp(broken);
    await app.inject({ method: 'POST', url: '/mutate', headers: json, payload: JSON.stringify(reviewOf()) });
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 50,
        uid,
        path: '/mutate',
        err: expect.objectContaining({ message: 'secret detail' }),
      }),
    );
  });

  test('that throws at once is a 500 too', async () => {
    const { app } = buildApp({
      resolve: () => {
        throw new TypeError('a bug');
      },
    });
    const reply = await app.inject({
      method: 'POST',
      url: '/mutate',
      headers: json,
      payload: JSON.stringify(reviewOf()),
    });
    expect(reply.statusCode).toBe(500);
  });

  test('that another replica or another second can help is a 503 that asks to be asked again, on a new connection', async () => {
    const { app, lines } = buildApp({ resolve: () => Promise.reject(new Unavailable('not listed yet')) });
    const reply = await app.inject({
      method: 'POST',
      url: '/mutate',
      headers: json,
      payload: JSON.stringify(reviewOf()),
    });
    expect(reply.statusCode).toBe(503);
    expect(reply.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, uid, problem: 'not listed yet' }));
  });

  test('does not matter to a ConfigMap that is none of our business', async () => {
    const { app } = buildApp(broken);
    expect(await post(app, '/mutate', reviewOf({ data: { other: 'x' } }))).toMatchObject({ allowed: true });
  });

  test('leaves the next review well answered', async () => {
    let calls = 0;
    const { app } = buildApp({
      resolve: async () => {
        calls += 1;
        if (calls === 1) throw new Error('once');
        return { kind: 'none' };
      },
    });
    const first = await app.inject({
      method: 'POST',
      url: '/mutate',
      headers: json,
      payload: JSON.stringify(reviewOf()),
    });
    expect(first.statusCode).toBe(500);
    expect(await post(app, '/mutate', reviewOf())).toMatchObject({ allowed: true });
  });
});

describe('the log', () => {
  test('has a line for each decision that changed, denied or found something', async () => {
    const { app, lines } = buildApp();
    await post(app, '/mutate', reviewOf());
    await post(app, '/mutate', reviewOf({ data: { 'core-site.xml': '' } }));
    await post(app, '/mutate', reviewOf({ data: { other: 'x' } }));
    expect(lines.map(({ level, allowed, outcome, reasons }) => ({ level, allowed, outcome, reasons }))).toEqual([
      { level: 30, allowed: true, outcome: 'change', reasons: undefined },
      { level: 30, allowed: false, outcome: 'refused', reasons: 'Malformed' },
      { level: 20, allowed: true, outcome: 'noConfigFile', reasons: undefined },
    ]);
    expect(lines[0]).toMatchObject({ path: '/mutate', uid, namespace: 'finance', name: 'hadoop', operation: 'CREATE' });
  });

  test('never holds what a ConfigMap holds', async () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    const { app, lines } = buildApp();
    const property = (name: string) => `<property><name>${name}</name><value>${secret}</value></property>`;
    const texts = [
      plain.replace('ledger', secret),
      `<configuration>${secret}</configuration`,
      `<configuration>${property('fs.s3a.access.key')}${property('fs.s3a.encryption.key')}</configuration>`,
      `<configuration>${property('fs.s3a.encryption.algorithm').replace(secret, 'SSE-C')}${property('fs.s3a.encryption.key')}</configuration>`,
    ];
    for (const text of texts) {
      await post(app, '/mutate', reviewOf({ data: { 'core-site.xml': text } }));
      await post(app, '/validate', reviewOf({ data: { 'core-site.xml': text } }));
    }
    for (const payload of [`{"apiVersion":"${secret}`, JSON.stringify(reviewOf({ data: [secret] })), `"${secret}"`]) {
      await app.inject({ method: 'POST', url: '/mutate', headers: json, payload });
    }
    await app.inject({ method: 'POST', url: '/mutate', headers: { 'content-type': 'text/plain' }, payload: secret });
    expect(lines.length).toBeGreaterThanOrEqual(texts.length * 2 + 4);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test.each(['uid', 'name', 'namespace'])('stays short where a %s has a mebibyte, which is refused', async (field) => {
    const { app, lines } = buildApp();
    const payload = JSON.stringify(reviewOf({}, undefined, { [field]: 'x'.repeat(1024 * 1024) }));
    const reply = await app.inject({ method: 'POST', url: '/mutate', headers: json, payload });
    if (field === 'uid') expect(reply.statusCode).toBe(400);
    else expect(reply.json().response.allowed).toBe(false);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines).length).toBeLessThan(1000);
  });
});

test('data keys named __proto__ and constructor are files like any other where they are Hadoop files', async () => {
  const { app } = buildApp({ files: { ...files, core: ['__proto__', 'constructor'] } });
  const data = JSON.parse(JSON.stringify({ PROTO: plain, constructor: plain }).replace('PROTO', '__proto__'));
  const object = configMap({ data });
  const answer = await post(app, '/mutate', JSON.stringify(reviewOf(object)));
  const patched = applyPatch(object, answer).data as Record<string, string>;
  expect(Object.keys(patched)).toEqual(['__proto__', 'constructor']);
  for (const text of Object.values(patched)) expect(text).toContain('fs.s3a.encryption.key');
});
