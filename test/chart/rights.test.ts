/**
 * What the operator's ServiceAccount can do with the chart's own rights, and what even a cluster administrator's rights
 * would not let it do.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import {
  apply,
  configMap,
  install,
  namespace,
  read,
  redirectService,
  refusal,
  release,
  set,
  upgrade,
  writeCaBundle,
} from './chart.ts';
import { type StandInWebhook, startStandInWebhook } from './stand-in-webhook.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const plain = {
  data: { 'core-site.xml': 'plain', x: 'y' },
  binaryData: { 'hdfs-site.xml': base64('plain'), b: 'eg==' },
};
const injected = {
  data: { 'core-site.xml': 'injected', x: 'y' },
  binaryData: { 'hdfs-site.xml': base64('injected'), b: 'eg==' },
};

/** API servers take in a new webhook or policy with some delay. */
const patience = { timeout: 30_000, interval: 100 };

describeWith(['control plane'], 'the operator', () => {
  const cluster = useControlPlane();
  let webhook: StandInWebhook;
  let kubeconfig: string;

  beforeAll(async () => {
    webhook = await startStandInWebhook(['core-site.xml', 'hdfs-site.xml']);
    await cluster().kubectl(['create', 'namespace', 'finance']);
    await install(cluster(), ...set(`webhook.servicePort=${webhook.port}`));
    await redirectService(cluster());
    await writeCaBundle(cluster(), webhook.caBundle);
    kubeconfig = await cluster().asServiceAccount(namespace, release);
    await vi.waitFor(async () => {
      await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(configMap('probe', 'finance', plain)) });
      expect(await read(cluster(), 'cm', 'probe', '-n', 'finance')).toMatchObject(injected);
    }, patience);
    // Another value each time: a patch that got through before the policy was taken in would change nothing when repeated.
    let attempt = 0;
    await vi.waitFor(
      async () => expect(await patch('probe', { data: { x: `changed ${attempt++}` } })).toContain('denied'),
      patience,
    );
  }, 120_000);
  afterAll(() => webhook?.stop());

  /** kubectl with the operator's rights. */
  function asOperator(args: readonly string[], manifest?: object) {
    const options = manifest === undefined ? {} : { stdin: JSON.stringify(manifest) };
    return refusal(cluster().kubectl(args, { kubeconfig, ...options }));
  }

  function patch(name: string, body: unknown, type = 'merge', inNamespace = 'finance', manager = release) {
    const what = ['cm', name, '-n', inNamespace, `--type=${type}`, '-p', JSON.stringify(body)];
    return asOperator(['patch', ...what, `--field-manager=${manager}`]);
  }

  async function stored(name: string, inNamespace = 'finance') {
    return read(cluster(), 'cm', name, '-n', inNamespace, '--show-managed-fields');
  }

  /** A ConfigMap that was written while the webhook was away. */
  async function storePlain(name: string, write: (manifest: object) => Promise<unknown>, metadata: object = {}) {
    const port = `webhook.servicePort=${webhook.port}`;
    await upgrade(cluster(), ...set(port, 'webhook.namespaceSelector.matchLabels.covered=yes'));
    const manifest = configMap(name, 'finance', plain);
    await vi.waitFor(async () => {
      await apply(cluster(), configMap('scope', 'finance', plain));
      expect(await stored('scope')).toMatchObject(plain);
    }, patience);
    await write({ ...manifest, metadata: { ...manifest.metadata, ...metadata } });
    expect(await stored(name)).toMatchObject(plain);
    await upgrade(cluster(), ...set(port));
  }

  const writers: readonly (readonly [string, (manifest: object) => Promise<unknown>])[] = [
    ['kubectl apply', (manifest) => apply(cluster(), manifest)],
    ['kubectl apply --server-side', (manifest) => apply(cluster(), manifest, '--server-side')],
    ['kubectl create', (manifest) => cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(manifest) })],
  ];
  it.each(writers)(
    'gets what %s stored edited by its empty patch, and takes no field from its owner',
    async (how, write) => {
      const name = how.replaceAll(/[ -]+/g, '-');
      await storePlain(name, write, { labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['example.com/hold'] });
      const before = await stored(name);
      await vi.waitFor(async () => {
        expect(await patch(name, {})).toBeUndefined();
        expect(await stored(name)).toMatchObject(injected);
      }, patience);
      const after = await stored(name);
      expect({ ...after.metadata, resourceVersion: '' }).toEqual({ ...before.metadata, resourceVersion: '' });
      expect(await patch(name, {})).toBeUndefined();
      expect(await stored(name)).toEqual(after);
    },
    90_000,
  );

  it('gets a ConfigMap of 1 MiB and one of two thousand keys edited', async () => {
    const keys = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`key-${index}`, 'value']));
    for (const [name, others] of [
      ['large', { x: 'x'.repeat(1_000_000) }],
      ['many', keys],
    ] as const) {
      const manifest = configMap(name, 'finance', { data: { ...others, 'core-site.xml': 'other' } });
      await cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(manifest) });
      expect(await patch(name, {})).toBeUndefined();
    }
  });

  it.each<[string, unknown, string?]>([
    ['the value of another key', { data: { x: 'z' } }],
    ['the value of another binary key', { binaryData: { b: 'YQ==' } }],
    ['a Hadoop file by itself', { data: { 'core-site.xml': 'plain' } }],
    ['a binary Hadoop file by itself', { binaryData: { 'hdfs-site.xml': base64('evil') } }],
    ['a new key', { data: { new: 'z' } }],
    ['a new Hadoop file', { data: { 'hive-site.xml': 'z' } }],
    ['a new binary Hadoop file', { binaryData: { 'hive-site.xml': 'eg==' } }],
    ['a key less', { data: { x: null } }],
    ['a Hadoop file less', { data: { 'core-site.xml': null } }],
    ['no data', { data: null }],
    ['no binary data', { binaryData: null }],
    ['one key in place of another', { data: { x: null, z: 'y' } }],
    ['a Hadoop file in place of another key', { data: { x: null, 'hive-site.xml': 'y' } }],
    ['a Hadoop file moved to binaryData', { data: { 'core-site.xml': null }, binaryData: { 'core-site.xml': 'eg==' } }],
    ['a Hadoop file moved to data', { binaryData: { 'hdfs-site.xml': null }, data: { 'hdfs-site.xml': 'z' } }],
    ['an immutable ConfigMap', { immutable: true }],
    ['an expressly mutable ConfigMap', { immutable: false }],
    ['a label', { metadata: { labels: { a: 'b' } } }],
    ['an annotation', { metadata: { annotations: { a: 'b' } } }],
    ['a finalizer', { metadata: { finalizers: ['example.com/a'] } }],
    ['an owner', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }] } }],
    ['a generated name', { metadata: { generateName: 'a-' } }],
    ['no managed fields', { metadata: { managedFields: [] } }],
    ['reset managed fields', { metadata: { managedFields: [{}] } }],
    ['another key by JSON Patch', [{ op: 'move', from: '/data/x', path: '/data/hive-site.xml' }], 'json'],
    ['a copy by JSON Patch', [{ op: 'copy', from: '/data/core-site.xml', path: '/data/x' }], 'json'],
    ['a strategic merge that replaces', { data: { $patch: 'replace', 'core-site.xml': 'a' } }, 'strategic'],
  ])('can not write %s', async (_, body, type) => {
    const before = await stored('probe');
    expect(await patch('probe', body, type)).toContain('denied request: the operator');
    expect(await stored('probe')).toEqual(before);
  });

  it('can not take ownership by server-side apply', async () => {
    const before = await stored('probe');
    const args = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
    const own = [...args, `--field-manager=${release}`];
    // Without content there is nothing to own: that changes nothing, as the empty patch does.
    expect(await asOperator(own, configMap('probe', 'finance', {}))).toBeUndefined();
    for (const content of [injected, { data: { 'core-site.xml': 'plain' } }]) {
      for (const as of [own, [...args, '--field-manager=evil']]) {
        expect(await asOperator(as, configMap('probe', 'finance', content))).toContain('denied request: the operator');
      }
    }
    expect(await stored('probe')).toEqual(before);
  });

  it("can not write under the owner's name, not even in the second of the owner's own write", async () => {
    // Managed fields tell whole seconds: of some tries at least one falls into that of the write before it.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const content = { ...injected, data: { ...injected.data, x: `${attempt}` } };
      await apply(cluster(), configMap('owned', 'finance', content), '--field-manager=owner');
      const body = { data: { 'core-site.xml': 'stolen' } };
      expect(await patch('owned', body, 'merge', 'finance', 'owner')).toContain('denied request: the operator');
      expect(await stored('owned')).toMatchObject(content);
    }
    expect(await patch('owned', {}, 'merge', 'finance', 'owner')).toContain('denied request: the operator');
    expect(await patch('owned', {})).toBeUndefined();
  }, 60_000);

  it.each(['kube-system', namespace])('can not even send its empty patch in %s', async (name) => {
    await apply(cluster(), configMap('probe', name, plain));
    expect(await patch('probe', {}, 'merge', name)).toContain('denied request: the operator');
  });

  it('has exactly the rights that it needs', async () => {
    const may = async (...args: string[]) => {
      const { stdout } = await cluster()
        .kubectl(['auth', 'can-i', ...args], { kubeconfig })
        .catch((error) => error);
      return stdout.trim() === 'yes';
    };
    const allowed = [
      ...['get', 'list', 'watch', 'patch'].map((verb) => [verb, 'configmaps', '-A']),
      ...['get', 'list', 'watch'].map((verb) => [verb, 'namespaces']),
      ['create', 'events.events.k8s.io', '-A'],
      ...['list', 'watch'].map((verb) => [verb, 'kmskeyassignments']),
      ['update', 'kmskeyassignments', '--subresource=status'],
      ...['get', 'patch'].map((verb) => [verb, `mutatingwebhookconfigurations/${release}`]),
      ...['get', 'patch'].map((verb) => [verb, `validatingwebhookconfigurations/${release}`]),
      ...['get', 'patch'].map((verb) => [verb, `secrets/${release}-ca`, '-n', namespace]),
      ['create', 'secrets', '-n', namespace],
      ...['get', 'update'].map((verb) => [verb, `leases.coordination.k8s.io/${release}`, '-n', namespace]),
      ['create', 'leases.coordination.k8s.io', '-n', namespace],
    ];
    const forbidden = [
      ...['create', 'update', 'delete', 'deletecollection'].map((verb) => [verb, 'configmaps', '-A']),
      ...['create', 'patch', 'update', 'delete'].map((verb) => [verb, 'namespaces']),
      ...['get', 'create', 'patch', 'update', 'delete'].map((verb) => [verb, 'kmskeyassignments']),
      ...['create', 'list', 'delete'].map((verb) => [verb, 'mutatingwebhookconfigurations']),
      ['patch', 'mutatingwebhookconfigurations/another'],
      ...['get', 'list', 'create'].map((verb) => [verb, 'secrets', '-A']),
      ...['list', 'update', 'delete'].map((verb) => [verb, 'secrets', '-n', namespace]),
      ...['update', 'patch', 'delete'].map((verb) => [verb, 'events.events.k8s.io', '-A']),
      ['get', 'secrets/another', '-n', namespace],
      ...['get', 'update'].map((verb) => [verb, 'leases.coordination.k8s.io/another', '-n', namespace]),
      ...['list', 'watch', 'patch', 'delete'].map((verb) => [verb, 'leases.coordination.k8s.io', '-n', namespace]),
      ['create', 'leases.coordination.k8s.io', '-n', 'kube-system'],
      ['create', 'pods', '-n', namespace],
      ['create', 'serviceaccounts', '--subresource=token', '-n', namespace],
      ['impersonate', 'users'],
      ['*', '*', '-A'],
    ];
    const answers = async (questions: readonly string[][]) =>
      Promise.all(questions.map(async (question) => [question.join(' '), await may(...question)]));
    expect(await answers(allowed)).toEqual(allowed.map((question) => [question.join(' '), true]));
    expect(await answers(forbidden)).toEqual(forbidden.map((question) => [question.join(' '), false]));
  }, 60_000);

  it('can list and watch its webhook configuration by a field selector', async () => {
    const list = ['get', 'mutatingwebhookconfigurations', '-o', 'name'];
    expect(await asOperator([...list, `--field-selector=metadata.name=${release}`])).toBeUndefined();
    expect(await asOperator(list)).toContain('Forbidden');
  });

  it('can create the Secret of its certificate authority, and no other', async () => {
    const secret = (name: string, type: string, annotations = {}) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, annotations },
      type,
      data: { a: 'eg==' },
    });
    const create = ['create', '-f', '-'];
    const token = { 'kubernetes.io/service-account.name': 'default' };
    const tokenType = 'kubernetes.io/service-account-token';
    expect(await asOperator(create, secret('another', 'Opaque'))).toContain('denied request: the operator');
    expect(await asOperator(create, secret(`${release}-ca`, tokenType, token))).toContain(
      'denied request: the operator',
    );
    expect(await asOperator(create, secret(`${release}-ca`, 'Opaque'))).toBeUndefined();
  });

  it('can neither create nor delete a ConfigMap, though somebody lets it do anything', async () => {
    // As the setup left it: a patch or two may have passed before the policy was taken in.
    const before = await stored('probe');
    const subject = `--serviceaccount=${namespace}:${release}`;
    await cluster().kubectl(['create', 'clusterrolebinding', 'anything', '--clusterrole=cluster-admin', subject]);
    const manifest = configMap('new', 'finance', plain);
    const update = ['replace', '-f', '-'];
    await vi.waitFor(
      async () => expect(await asOperator(['create', '-f', '-'], manifest)).toContain('denied request: the operator'),
      patience,
    );
    expect(await asOperator(['delete', 'cm', 'probe', '-n', 'finance'])).toContain('denied request: the operator');
    expect(await asOperator(['delete', 'cm', '--all', '-n', 'finance'])).toContain('denied request: the operator');
    expect(await asOperator(update, configMap('probe', 'finance', {}))).toContain('denied request: the operator');
    expect(await stored('probe')).toEqual(before);
  });

  it('can write no Secret at all where none is its own, though somebody lets it do anything', async () => {
    const provided = ['certificates.mode=provided', 'certificates.provided.secretName=tls'];
    await upgrade(cluster(), ...set(`webhook.servicePort=${webhook.port}`, ...provided));
    const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'finance' } });
    await apply(cluster(), secret('theirs'));
    // The one test that gives it all rights may not have run.
    const subject = `--serviceaccount=${namespace}:${release}`;
    await refusal(cluster().kubectl(['create', 'clusterrolebinding', 'all', '--clusterrole=cluster-admin', subject]));
    const own = secret(`${release}-ca`);
    const attempts = [
      () => asOperator(['create', '-f', '-'], { ...own, metadata: { ...own.metadata, namespace }, type: 'Opaque' }),
      () => asOperator(['create', '-f', '-'], secret('new')),
      () => asOperator(['patch', 'secret', 'theirs', '-n', 'finance', '-p', '{"data": {"a": "eg=="}}']),
      () => asOperator(['delete', 'secret', 'theirs', '-n', 'finance']),
    ];
    for (const attempt of attempts) {
      await vi.waitFor(async () => expect(await attempt()).toContain('denied request: the operator'), patience);
    }
  }, 60_000);
});
