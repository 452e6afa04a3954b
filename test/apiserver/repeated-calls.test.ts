/**
 * What the API server does with a 503 that asks it to ask again: the fact that the webhook's answers are built on.
 */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { Unavailable } from '../../src/core/unavailable.ts';
import { build, type WebhookApp } from '../../src/http/webhook-server.ts';
import { files, finance } from '../admission/admission-review.ts';
import { silent } from '../cluster-client/silent.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { selfSigned } from '../http/self-signed.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { configMap, firstKey, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';

const assigned: Resolution = { kind: 'assigned', assignment: { ...finance, key: { arn: firstKey } } };

describeWith(['control plane'], 'an API server that is asked to ask again', () => {
  const cluster = useControlPlane();
  let api: Transport;
  let app: WebhookApp;
  /** What is answered first; nothing is where there is none left. */
  let failures: Error[] = [];
  let asked: { webhook: string; socket: unknown }[] = [];

  beforeAll(async () => {
    const certificate = await selfSigned();
    const resolve = async (): Promise<Resolution> => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return assigned;
    };
    app = build({ files, log: silent, resolver: { resolve, resolveNow: resolve, earlier: () => [] } });
    app.addHook(
      'onRequest',
      async (request) => void asked.push({ webhook: request.url.split('?')[0] ?? '', socket: request.raw.socket }),
    );
    app.useCertificate(certificate);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    await api.send({ method: 'POST', path: '/api/v1/namespaces', body: namespace('asked') });
    const entry = (path: string) => ({
      name: `configmaps${path.replace('/', '.')}.test`,
      clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle: btoa(certificate.cert) },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'asked' } },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 5,
      admissionReviewVersions: ['v1'],
    });
    const group = '/apis/admissionregistration.k8s.io/v1';
    for (const [resource, path] of [
      ['mutatingwebhookconfigurations', '/mutate'],
      ['validatingwebhookconfigurations', '/validate'],
    ] as const) {
      await api.send({
        method: 'POST',
        path: `${group}/${resource}`,
        body: { metadata: { name: 'asked' }, webhooks: [entry(path)] },
      });
    }
    await eventually(
      () => create('first'),
      () => new Set(asked.map(({ webhook }) => webhook)).size === 2,
    );
  }, 60_000);
  afterAll(async () => {
    api?.close();
    await app?.close();
  });

  let names = 0;
  async function create(prefix: string): Promise<string | undefined> {
    asked = [];
    const body = configMap('asked', `${prefix}-${names++}`);
    const stored = (await api.send({
      method: 'POST',
      path: '/api/v1/namespaces/asked/configmaps',
      body,
    })) as typeof body;
    return effectiveEncryption(stored.data['core-site.xml']).key;
  }

  it('does so, on a new connection each time, and the object is stored with its key', async () => {
    failures = [new Unavailable('not listed yet'), new Unavailable('not listed yet')];
    expect(await create('twice')).toBe(firstKey);
    expect(asked.map(({ webhook }) => webhook)).toEqual(['/mutate', '/mutate', '/mutate', '/validate']);
    const [first, second, third] = asked.map(({ socket }) => socket);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('does not where a bug is answered: that would only be met again', async () => {
    failures = [new Error('a bug')];
    await expect(create('bug')).rejects.toThrow('failed calling webhook');
    expect(asked.map(({ webhook }) => webhook)).toEqual(['/mutate']);
  });

  it("gives up within the webhook's timeoutSeconds", async () => {
    failures = Array.from({ length: 20 }, () => new Unavailable('not listed yet'));
    await expect(create('never')).rejects.toThrow('failed calling webhook');
    expect(asked.length).toBeGreaterThan(2);
    failures = [];
  });
});
