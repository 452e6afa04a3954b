/**
 * The transport, and the single requests built on it, against a real API server.
 */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readmit } from '../../src/cluster/config-objects.ts';
import { ApiError, ConnectionError, isRetriable } from '../../src/cluster/errors.ts';
import { writeEvent } from '../../src/cluster/events.ts';
import { readNamespace } from '../../src/cluster/namespaces.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import type { ConfigObjectEvent } from '../../src/ports/cluster-client.ts';
import { describeWith } from '../run/needs.ts';
import { type Cluster, createConfigMap, createNamespace, startCluster } from './cluster.ts';
import { type Interposer, startInterposer } from './interposer.ts';

let cluster: Cluster;
let network: Interposer;
let transport: Transport;
const configMaps = '/api/v1/namespaces/transport/configmaps';

/** What a request is rejected with. */
const failure = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    (answer) => expect.fail(`answered ${JSON.stringify(answer)}`),
    (error) => error,
  );

describeWith(['control plane'], 'the transport', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    await createNamespace(cluster.api, 'transport');
    await createConfigMap(cluster.api, 'transport', 'cm', { data: { v: 'x'.repeat(10_000) } });
  });
  afterAll(() => cluster?.stop());

  beforeEach(async () => {
    network = await startInterposer(cluster.kubeConfig);
    transport = buildTransport(network.kubeConfig);
  });
  afterEach(async () => {
    transport.close();
    await network.stop();
  });

  describe('gives', () => {
    it('the JSON of an answer, over TLS and with the kubeconfig’s credentials', async () => {
      expect(await cluster.api.send({ path: `${configMaps}/cm` })).toMatchObject({ metadata: { name: 'cm' } });
    });

    it.each<[number, string, Parameters<Transport['send']>[0]]>([
      [404, 'NotFound', { path: `${configMaps}/none` }],
      [409, 'AlreadyExists', { method: 'POST', path: configMaps, body: { metadata: { name: 'cm' } } }],
      [422, 'Invalid', { method: 'POST', path: configMaps, body: { metadata: { name: 'NOT VALID' } } }],
      [415, 'UnsupportedMediaType', { method: 'PATCH', path: `${configMaps}/cm`, body: {}, contentType: 'text/xml' }],
    ])('status %i and reason %s of a refusal', async (status, reason, request) => {
      const error = await failure(transport.send(request));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status, reason });
    });

    it('how long to wait where the server says so', async () => {
      const details = { retryAfterSeconds: 7 };
      network.fault = () => ({ status: 429, body: { reason: 'TooManyRequests', message: 'slow down', details } });
      expect(await failure(transport.send({ path: configMaps }))).toMatchObject({ status: 429, retryAfterSeconds: 7 });
    });

    it('the status of an answer that is no Status', async () => {
      network.fault = () => ({ status: 502, body: 'bad gateway' });
      expect(await failure(transport.send({ path: configMaps }))).toMatchObject({ status: 502, reason: '' });
    });

    it.each(['cut', 'half', { status: 200, body: undefined }] as const)('a ConnectionError for %j', async (fault) => {
      network.fault = () => fault;
      const error = await failure(transport.send({ path: configMaps }));
      expect(error).toBeInstanceOf(ConnectionError);
      // What the JSON parser says may quote what it read: a Secret, for example.
      if (typeof fault === 'string') expect((error as Error).cause).toBeInstanceOf(Error);
      else expect((error as Error).cause).toBeUndefined();
    });

    it('a ConnectionError where nothing comes in time', async () => {
      network.fault = () => 'hang';
      const error = await failure(transport.send({ path: configMaps, timeoutSeconds: 0.2 }));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(isRetriable(error)).toBe(true);
    });

    it('up where it is told to', async () => {
      network.fault = () => 'hang';
      const aborting = new AbortController();
      const failed = failure(transport.send({ path: configMaps, signal: aborting.signal }));
      aborting.abort();
      expect((await failed) as Error).toMatchObject({ name: 'AbortError' });
    });
  });

  describe('asks whether it may', () => {
    it('once the connection is there, and sends nothing where it may not', async () => {
      const opened: number[] = [];
      const permitted = () => {
        opened.push(network.connections());
        return false;
      };
      const error = await failure(transport.send({ method: 'PATCH', path: `${configMaps}/cm`, body: {}, permitted }));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(opened).toEqual([1]);
      expect(network.requests).toEqual([]);
    });

    it('for each request, on a connection that is kept as well', async () => {
      let left = 2;
      const request = { path: `${configMaps}/cm`, permitted: () => left-- > 0 };
      await transport.send(request);
      await transport.send(request);
      expect(await failure(transport.send(request))).toBeInstanceOf(ConnectionError);
      expect(network.requests).toHaveLength(2);
    });
  });

  describe('keeps', () => {
    it('one connection for requests that follow each other', async () => {
      for (let i = 0; i < 10; i++) await transport.send({ path: `${configMaps}/cm` });
      await failure(transport.send({ path: `${configMaps}/none` }));
      await transport.send({ path: `${configMaps}/cm` });
      expect(network.connections()).toBe(1);
    });

    it('going where the server closed the kept connection', async () => {
      await transport.send({ path: `${configMaps}/cm` });
      let cuts = 0;
      network.fault = () => (cuts++ === 0 ? 'cut' : undefined);
      await transport.send({ path: `${configMaps}/cm` });
      expect(cuts).toBe(2);
    });

    it.each(['send', 'open'] as const)('none after one has fallen silent (%s), and opens new ones', async (method) => {
      const path = `${configMaps}/cm`;
      await Promise.all(Array.from({ length: 8 }, () => transport.send({ path })));
      expect(network.connections()).toBe(8);
      network.deafen();
      const request = { path, timeoutSeconds: 0.5, silenceSeconds: 1 };
      expect(await failure(transport[method](request))).toBeInstanceOf(ConnectionError);
      expect(await transport.send({ path, timeoutSeconds: 5 })).toMatchObject({ metadata: { name: 'cm' } });
      expect(network.connections()).toBe(9);
    });

    it('the others where a new one gets no answer in time', async () => {
      const path = `${configMaps}/cm`;
      const holding = await transport.open({ path, silenceSeconds: 5 });
      network.fault = () => 'hang';
      const failed = failure(transport.send({ path, timeoutSeconds: 0.5 }));
      // Its connection is idle from here on.
      for await (const _ of holding);
      expect(await failed).toBeInstanceOf(ConnectionError);
      network.fault = () => undefined;
      await transport.send({ path });
      expect(network.connections()).toBe(2);
    });

    it('its credentials up to date', async () => {
      const [user] = network.kubeConfig.users;
      await transport.send({ path: `${configMaps}/cm` });
      Object.assign(user ?? {}, { impersonateUser: 'nobody' });
      expect(await failure(transport.send({ path: `${configMaps}/cm` }))).toMatchObject({ status: 403 });
      Object.assign(user ?? {}, { impersonateUser: undefined });
      await transport.send({ path: `${configMaps}/cm` });
    });
  });

  describe('a readmission', () => {
    it('is answered with the ConfigMap, whose version stays where nothing changes', async () => {
      const before = await cluster.api.send({ path: `${configMaps}/cm` });
      expect(await readmit(transport, 'transport', 'cm')).toEqual({ kind: 'answered', object: before });
    });

    it('says that there is none', async () => {
      expect(await readmit(transport, 'transport', 'none')).toEqual({ kind: 'gone' });
      expect(await readmit(transport, 'nowhere', 'none')).toEqual({ kind: 'gone' });
    });

    it.each([400, 403, 413, 422])('is denied for good by %i', async (status) => {
      network.fault = () => ({ status, body: { reason: 'Any', message: 'not today' } });
      expect(await readmit(transport, 'transport', 'cm')).toEqual({ kind: 'denied', message: 'not today' });
    });

    it.each([401, 409, 429, 500, 503, 504])('can be tried again after %i', async (status) => {
      network.fault = () => ({ status, body: {} });
      expect(isRetriable(await failure(readmit(transport, 'transport', 'cm')))).toBe(true);
    });
  });

  describe('an Event', () => {
    const about = (rest: Partial<ConfigObjectEvent> = {}): ConfigObjectEvent => ({
      kind: 'ConfigMap',
      namespace: 'transport',
      name: 'cm',
      uid: '5',
      resourceVersion: '7',
      assignment: 'finance',
      reason: 'Malformed',
      message: 'core-site.xml: line 1',
      ...rest,
    });
    const reporter = { controller: 'ssekms.io/operator', instance: 'operator-0' };
    const events = '/apis/events.k8s.io/v1/namespaces/transport/events';
    const stored = async () =>
      ((await cluster.api.send({ path: events })) as { items: { note: string; reason: string }[] }).items;
    afterEach(() => cluster.api.send({ method: 'DELETE', path: events }));

    it('is stored once, however often it is written', async () => {
      for (let i = 0; i < 3; i++) await writeEvent(transport, reporter, about());
      expect(await stored()).toMatchObject([
        {
          type: 'Warning',
          reason: 'Malformed',
          note: 'core-site.xml: line 1',
          reportingController: 'ssekms.io/operator',
          regarding: { kind: 'ConfigMap', namespace: 'transport', name: 'cm', uid: '5' },
          related: { kind: 'KmsKeyAssignment', name: 'finance' },
        },
      ]);
      await writeEvent(transport, reporter, about({ resourceVersion: '8' }));
      await writeEvent(transport, reporter, about({ reason: 'TooLarge' }));
      await writeEvent(transport, reporter, about({ message: 'core-site.xml: line 2' }));
      expect((await stored()).length).toBe(4);
    });

    it.each([
      ['a note of ASCII', 'x'.repeat(5000)],
      ['a note of four bytes a character', '𝄞'.repeat(2000)],
    ])('is cut to what the server takes from %s', async (_, message) => {
      await writeEvent(transport, reporter, about({ message }));
      const [event] = await stored();
      expect(Buffer.byteLength(event?.note ?? '')).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(event?.note ?? '')).toBeGreaterThan(1016);
      expect(event?.note).toMatch(/^[x𝄞]+…$/u);
    });

    it.each([`${'a'.repeat(199)}.${'b'.repeat(53)}`, `${'a'.repeat(199)}-b`, 'a.b-c.d'])(
      'is stored for a ConfigMap with the name %s',
      async (name) => {
        await writeEvent(transport, reporter, about({ name }));
        expect((await stored()).length).toBe(1);
      },
    );

    it('is dropped where the namespace is gone, and fails where it may be written later', async () => {
      await writeEvent(transport, reporter, about({ namespace: 'nowhere' }));
      network.fault = () => ({ status: 403, body: { message: 'no rights' } });
      expect(await failure(writeEvent(transport, reporter, about()))).toMatchObject({ status: 403 });
    });
  });

  describe('a namespace', () => {
    it('is read with its labels, or is none', async () => {
      expect(await readNamespace(transport, 'transport')).toEqual({
        name: 'transport',
        labels: { 'kubernetes.io/metadata.name': 'transport' },
      });
      expect(await readNamespace(transport, 'nowhere')).toBeUndefined();
    });
  });
});
