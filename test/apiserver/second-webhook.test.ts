import { createServer, type Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selfSigned } from '../http/self-signed.ts';
import { assignment, configMap, namespace, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

/** Somebody else's mutating webhook, which runs after ours and puts another file in place of the injected one. */
function startStripper(certificate: { cert: string; key: string }): Promise<Server> {
  const server = createServer(certificate, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { uid } = JSON.parse(body).request;
      const operations = [{ op: 'replace', path: '/data/core-site.xml', value: plainFile }];
      const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
      const answer = { uid, allowed: true, patchType: 'JSONPatch', patch };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describeWith(['control plane'], 'another mutating webhook that strips what ours wrote', () => {
  const { apply, applyRefused, get } = useProduct();
  let server: Server | undefined;
  let port = 0;
  let certificate: { cert: string; key: string };

  beforeAll(async () => {
    certificate = await selfSigned();
    server = await startStripper(certificate);
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => server?.close());

  it('is caught by the validating webhook: the write is denied, and nothing is stored', async () => {
    await apply([namespace('stripped'), assignment('stripped', ['stripped'])]);
    await apply({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      // called in the order of their names, and once more after another one has changed something
      metadata: { name: 'zz-strips' },
      webhooks: [
        {
          name: 'strips.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          reinvocationPolicy: 'IfNeeded',
          clientConfig: {
            url: `https://127.0.0.1:${port}/`,
            caBundle: Buffer.from(certificate.cert).toString('base64'),
          },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
          ],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'stripped' } },
        },
      ],
    });
    // The API server learns of a new webhook with some delay, and for ten seconds what held before the assignment is allowed.
    let said = '';
    for (let attempt = 0; attempt < 120 && said === ''; attempt++) {
      if (attempt > 0) await sleep(250);
      const name = `one-${attempt}`;
      said = await applyRefused(configMap('stripped', name)).catch(() => '');
      if (said !== '') await expect(get('configmap', name, 'stripped')).rejects.toThrow(/NotFound/);
    }
    expect(said).toMatch(/core-site\.xml would be stored without what KmsKeyAssignment\/stripped sets/);
  });
});
