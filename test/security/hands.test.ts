/**
 * What the operator's own hands can do where Secrets are covered and files are told by their content, tried with its
 * ServiceAccount while the operator itself answers the webhook.
 */
import { beforeAll, expect, it } from 'vitest';
import { refusal } from '../chart/chart.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const password = base64('hunter2');
const other = plainFile.replace('s3a://warehouse', 's3a://elsewhere');

describeWith(['control plane'], "the operator's hands", () => {
  const suite = useProduct('secrets.enabled=true', 'files.byContent=true');
  let kubeconfig: string;
  const content = { data: { 'core-site.xml': base64(plainFile), 'my.conf': base64(plainFile), password } };
  const secret = (name: string, inNamespace = 'free') => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: inNamespace, labels: { a: 'b' } },
    ...content,
  });

  beforeAll(async () => {
    kubeconfig = await suite.cluster().asServiceAccount(operatorNamespace, release);
    await suite.apply([namespace('free'), namespace('strict')]);
    await suite.apply([
      secret('probe'),
      configMap('free', 'probe', plainFile, { data: { 'my.conf': plainFile, x: 'y' } }),
    ]);
    let attempt = 0;
    // API servers take in new policies with some delay.
    await eventually(
      async () => (await patch('secret', { data: { password: base64(`${attempt++}`) } })) ?? 'written',
      (said) => said.includes('denied request: the operator'),
    );
    await suite.apply(secret('probe'));
  }, 60_000);

  function asOperator(...args: string[]) {
    return refusal(suite.cluster().kubectl(args, { kubeconfig }));
  }

  function patch(kind: string, body: unknown, type = 'merge', name = 'probe', inNamespace = 'free', manager = release) {
    const what = [kind, name, '-n', inNamespace, `--type=${type}`, '-p', JSON.stringify(body)];
    return asOperator('patch', ...what, `--field-manager=${manager}`);
  }

  it.each<[string, unknown, string?]>([
    ['another value', { data: { password: base64('x') } }],
    ['another value in clear text', { stringData: { password: 'x' } }],
    ['a Hadoop file by itself', { data: { 'core-site.xml': base64(other) } }],
    ['a Hadoop file told by its content by itself', { data: { 'my.conf': base64(other) } }],
    ['something else in its place', { data: { 'my.conf': base64('x') } }],
    ['a new key', { data: { new: password } }],
    ['a new Hadoop file', { data: { 'hive-site.xml': base64(plainFile) } }],
    ['a new file told by its content', { data: { new: base64(plainFile) } }],
    ['a key less', { data: { password: null } }],
    ['no data', { data: null }],
    ['a value under the name of a file', [{ op: 'copy', from: '/data/password', path: '/data/core-site.xml' }], 'json'],
    ['a value moved', [{ op: 'move', from: '/data/password', path: '/data/hive-site.xml' }], 'json'],
    ['an immutable Secret', { immutable: true }],
    ['a label', { metadata: { labels: { a: 'c' } } }],
    [
      'an annotation that asks for a token',
      { metadata: { annotations: { 'kubernetes.io/service-account.name': 'x' } } },
    ],
    ['an owner', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }] } }],
    ['a finalizer', { metadata: { finalizers: ['example.com/a'] } }],
    ['no managed fields', { metadata: { managedFields: [{}] } }],
  ])('can not write %s into a Secret', async (_, body, type) => {
    const before = await suite.get('secret', 'probe', 'free');
    expect(await patch('secret', body, type)).toContain('denied request: the operator');
    expect(await suite.get('secret', 'probe', 'free')).toEqual(before);
  });

  it("can not write into a Secret under its owner's name", async () => {
    const before = await suite.get('secret', 'probe', 'free');
    for (const body of [{}, { data: { 'core-site.xml': base64(other) } }]) {
      const said = await patch('secret', body, 'merge', 'probe', 'free', 'kubectl-client-side-apply');
      expect(said).toContain('denied request: the operator');
    }
    expect(await suite.get('secret', 'probe', 'free')).toEqual(before);
  });

  it.each<[string, unknown]>([
    ['a file told by its content by itself', { data: { 'my.conf': other } }],
    ['something else in its place', { data: { 'my.conf': 'x' } }],
    ['a configuration in place of something else', { data: { x: plainFile } }],
    ['a new file', { data: { new: plainFile } }],
  ])('can not write %s into a ConfigMap', async (_, body) => {
    const before = await suite.get('configmap', 'probe', 'free');
    expect(await patch('configmap', body)).toContain('denied request: the operator');
    expect(await suite.get('configmap', 'probe', 'free')).toEqual(before);
  });

  it('send the empty patch, on which the webhook edits what it may, and nothing else is changed', async () => {
    await suite.apply(secret('late', 'strict'));
    const before = await suite.get('secret', 'late', 'strict');
    await suite.apply(assignment('strict', ['strict'], { enforcement: 'Strict' }));
    const after = await eventually(
      async () => {
        expect(await patch('secret', {}, 'merge', 'late', 'strict')).toBeUndefined();
        return suite.get('secret', 'late', 'strict');
      },
      ({ data }) => effectiveEncryption(Buffer.from(data['my.conf'], 'base64').toString()).key === firstKey,
    );
    expect(effectiveEncryption(Buffer.from(after.data['core-site.xml'], 'base64').toString()).key).toBe(firstKey);
    expect(after.data.password).toBe(password);
    const { resourceVersion } = after.metadata;
    expect(after.metadata).toEqual({ ...before.metadata, resourceVersion });
  });

  it('do not even send it in kube-system, nor to other Secrets of their own namespace', async () => {
    for (const name of ['kube-system', operatorNamespace]) {
      await suite.apply(secret('probe', name));
      expect(await patch('secret', {}, 'merge', 'probe', name)).toContain('denied request: the operator');
    }
  });

  it('neither create nor delete Secrets, though somebody lets them do anything', async () => {
    const subject = `--serviceaccount=${operatorNamespace}:${release}`;
    await suite.cluster().kubectl(['create', 'clusterrolebinding', 'anything', '--clusterrole=cluster-admin', subject]);
    const create = ['create', 'secret', 'generic', 'new', '--from-literal=a=b', '-n', 'free'];
    await eventually(
      async () => (await asOperator(...create)) ?? 'created',
      (said) => said.includes('denied request: the operator creates no Secret'),
    );
    expect(await asOperator('delete', 'secret', 'probe', '-n', 'free')).toContain(
      'denied request: the operator deletes',
    );
    expect(await asOperator('delete', 'secret', '--all', '-n', 'free')).toContain(
      'denied request: the operator deletes',
    );
    const token = ['create', 'secret', 'generic', `${release}-ca`, '--from-literal=a=b', '-n', 'free'];
    expect(await asOperator(...token)).toContain('denied request: the operator creates no Secret');
  });
});
