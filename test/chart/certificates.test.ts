/**
 * Where the webhook's certificate comes from, as the chart renders it, checked by the API server.
 */
import { loadAll } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import { caBundleWriter } from '../../src/cluster/webhook-configurations.ts';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { certManagerDefinitions } from '../certificates/cert-manager-crds.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { chart, install, type KubernetesObject, namespace, read, refusal, release, set, upgrade } from './chart.ts';

const certManager = set('certificates.mode=cert-manager');
const provided = set('certificates.mode=provided', 'certificates.provided.secretName=mine');
const caBundle = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
const withCaBundle = [...provided, ...set(`certificates.provided.caBundle=${caBundle}`)];
const trustedByOthers = [...provided, ...set('certificates.provided.writeCaBundle=false')];
const withIssuer = [
  ...certManager,
  ...set('certificates.certManager.issuerRef.name=company', 'certificates.certManager.issuerRef.kind=ClusterIssuer'),
];

describeWith(['control plane'], 'the chart', () => {
  const cluster = useControlPlane();

  beforeAll(async () => {
    await cluster().kubectl(['create', 'namespace', namespace]);
    await cluster().kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(certManagerDefinitions) });
    await cluster().kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  });

  async function template(values: readonly string[]): Promise<string> {
    return (await cluster().helm(['template', release, chart, '--no-hooks', '--namespace', namespace, ...values]))
      .stdout;
  }

  async function objects(values: readonly string[]): Promise<KubernetesObject[]> {
    return loadAll(await template(values)).filter((object) => object !== null);
  }

  const modes: [string, readonly string[]][] = [
    ['self-managed', []],
    ['from cert-manager', certManager],
    ["from an issuer of the user's own", withIssuer],
    ['from a Secret that is provided', provided],
    ['from a Secret, with the CA in the values', withCaBundle],
    ['from a Secret, with a caBundle of somebody else', trustedByOthers],
  ];

  it.each(modes)('passes the strict checks of the API server with certificates %s', async (_, values) => {
    const { stderr } = await cluster().kubectl(
      ['apply', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-f', '-'],
      { stdin: await template(values) },
    );
    expect(stderr).toBe('');
  });

  it.each(modes)('runs under Pod Security restricted with certificates %s', async (_, values) => {
    const deployment = (await objects(values)).find(({ kind }) => kind === 'Deployment');
    const spec = {
      ...deployment.spec.template.spec,
      automountServiceAccountToken: false,
      priorityClassName: undefined,
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod', namespace }, spec };
    const created = cluster().kubectl(['create', '--dry-run=server', '-f', '-'], { stdin: JSON.stringify(pod) });
    expect(await refusal(created)).toBeUndefined();
  });

  it.each<[string, readonly string[], string]>([
    ['self-managed', [], 'self-managed'],
    ['from cert-manager', certManager, 'cert-manager'],
    ['from a Secret', provided, 'provided'],
  ])(
    'tells the operator, and whoever looks at the configurations, that certificates are %s',
    async (_, values, mode) => {
      const rendered = await objects(values);
      const { args } = rendered.find(({ kind }) => kind === 'Deployment').spec.template.spec.containers[0];
      const environment = { POD_NAME: 'pod-1', POD_NAMESPACE: namespace, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
      const parsed = parseCommandLine('operator', args.slice(1), environment);
      expect(parsed).toMatchObject({ kind: 'operator', config: { certificateMode: mode } });
      const configurations = rendered.filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
      expect(configurations.map(({ metadata }) => metadata.annotations[caBundleWriter])).toEqual([mode, mode]);
      for (const { webhooks } of configurations) expect(webhooks[0].clientConfig).not.toHaveProperty('caBundle');
    },
  );

  it('mounts what it tells the operator to read, read-only, from the Secret that is filled', async () => {
    for (const [values, secret] of [
      [certManager, `${release}-tls`],
      [provided, 'mine'],
      [withCaBundle, 'mine'],
    ] as const) {
      const deployment = (await objects(values)).find(({ kind }) => kind === 'Deployment');
      const { containers, volumes } = deployment.spec.template.spec;
      const [mount] = containers[0].volumeMounts;
      expect(containers[0].args).toContain(`--certificate-folder=${mount.mountPath}`);
      expect(mount).toMatchObject({ name: volumes[0].name, readOnly: true });
      expect(mount).not.toHaveProperty('subPath');
      expect(volumes[0].projected.sources[0].secret.name).toBe(secret);
    }
  });

  it('makes of a CA in the values a file beside the certificate', async () => {
    const rendered = await objects(withCaBundle);
    const { sources } = rendered.find(({ kind }) => kind === 'Deployment').spec.template.spec.volumes[0].projected;
    const { metadata, data } = rendered.find(({ kind }) => kind === 'ConfigMap');
    expect(sources[1].configMap.name).toBe(metadata.name);
    expect(data['ca.crt']).toBe(`${caBundle}\n`);
    const items = sources.flatMap(({ secret, configMap }: KubernetesObject) => (secret ?? configMap).items);
    expect(items.map(({ path }: { path: string }) => path)).toEqual(['tls.crt', 'tls.key', 'ca.crt']);
  });

  it('keeps a CA from the operator that is not to write it', async () => {
    const deployment = (await objects(trustedByOthers)).find(({ kind }) => kind === 'Deployment');
    const [source, ...others] = deployment.spec.template.spec.volumes[0].projected.sources;
    expect(source.secret.items.map(({ key }: { key: string }) => key)).toEqual(['tls.crt', 'tls.key']);
    expect(others).toEqual([]);
  });

  it('has a certificate issued for the name by which API servers call, into the Secret that is mounted', async () => {
    const rendered = await objects(certManager);
    const certificates = rendered.filter(({ kind }) => kind === 'Certificate');
    const issuers = rendered.filter(({ kind }) => kind === 'Issuer');
    const leaf = certificates.find(({ spec }) => !spec.isCA);
    const root = certificates.find(({ spec }) => spec.isCA);
    const service = rendered.find(({ kind }) => kind === 'MutatingWebhookConfiguration').webhooks[0].clientConfig
      .service;
    expect(leaf.spec.dnsNames).toContain(`${service.name}.${service.namespace}.svc`);
    expect(leaf.spec.secretName).toBe(`${release}-tls`);
    // From a CA that is renewed with its key, and not self-signed: else its renewal would be an outage.
    const signer = issuers.find(({ metadata }) => metadata.name === leaf.spec.issuerRef.name);
    expect(signer.spec).toEqual({ ca: { secretName: root.spec.secretName } });
    expect(root.spec.privateKey.rotationPolicy).toBe('Never');
    const own = issuers.find(({ metadata }) => metadata.name === root.spec.issuerRef.name);
    expect(own.spec).toEqual({ selfSigned: {} });
    const injected = rendered.filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
    expect(injected.map(({ metadata }) => metadata.annotations['cert-manager.io/inject-ca-from'])).toEqual(
      Array(2).fill(`${namespace}/${leaf.metadata.name}`),
    );
  });

  it("takes an issuer of the user's own as it is, and makes none", async () => {
    const rendered = await objects(withIssuer);
    expect(rendered.filter(({ kind }) => kind === 'Issuer')).toEqual([]);
    const certificates = rendered.filter(({ kind }) => kind === 'Certificate');
    expect(certificates.map(({ spec }) => spec.issuerRef)).toEqual([{ name: 'company', kind: 'ClusterIssuer' }]);
  });

  it.each<[string, readonly string[], { secrets: boolean; caBundle: boolean }]>([
    ['self-managed', [], { secrets: true, caBundle: true }],
    ['from cert-manager', certManager, { secrets: false, caBundle: false }],
    ['from a Secret', provided, { secrets: false, caBundle: true }],
    ['from a Secret, with the CA in the values', withCaBundle, { secrets: false, caBundle: true }],
    ['from a Secret, with a caBundle of somebody else', trustedByOthers, { secrets: false, caBundle: false }],
  ])('grants rights to Secrets and caBundles only where they are needed: %s', async (_, values, expected) => {
    const rendered = await objects(values);
    const rules = rendered.flatMap(({ kind, rules }) => (/Role$/.test(kind) ? rules : []));
    const granted = (resource: string, verb: string) =>
      rules.some(({ resources, verbs }) => resources.includes(resource) && verbs.includes(verb));
    expect({
      secrets: granted('secrets', 'get') || granted('secrets', 'create'),
      caBundle: granted('mutatingwebhookconfigurations', 'patch'),
    }).toEqual(expected);
  });

  it.each<[string, readonly string[]]>([
    ['from cert-manager', certManager],
    ['from a Secret', provided],
    ['from a Secret, with Secrets in scope', [...provided, ...set('secrets.enabled=true')]],
  ])('lets no CA Secret be written where certificates come %s', async (_, values) => {
    const policy = (await objects(values)).find(
      ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && /secrets$/.test(metadata.name),
    );
    const isOwn = policy.spec.variables.find(({ name }: { name: string }) => name === 'isOwn');
    expect(isOwn.expression).toMatch(/^false &&/);
  });

  it.each<[string, readonly string[], string]>([
    ['an unknown mode', set('certificates.mode=magic'), 'mode'],
    ['a provided Secret without a name', set('certificates.mode=provided'), 'secretName'],
    [
      'a CA that nobody writes',
      [...withCaBundle, ...set('certificates.provided.writeCaBundle=false')],
      'certificates.provided.caBundle',
    ],
    ['a CA that is no PEM', [...provided, ...set('certificates.provided.caBundle=AAAA')], 'caBundle'],
    [
      'an issuer without a name',
      [...certManager, ...set('certificates.certManager.issuerRef.kind=Issuer')],
      'issuerRef',
    ],
    ['a duration without a unit', [...certManager, ...set('certificates.certManager.duration=90')], 'duration'],
  ])('refuses %s', async (_, values, word) => {
    expect(await refusal(template(values))).toContain(word);
  });

  it('is upgraded from mode to mode, and leaves the caBundle to its writer', async () => {
    await install(cluster());
    for (const values of [certManager, withCaBundle, trustedByOthers, []]) {
      await upgrade(cluster(), ...values);
      const caBundle = Buffer.from(`${Math.random()}`).toString('base64');
      const patch = JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }]);
      const args = ['patch', 'mutatingwebhookconfiguration', release, '--type=json', '--field-manager=cainjector'];
      await cluster().kubectl([...args, '-p', patch]);
      await upgrade(cluster(), ...values);
      const { webhooks } = await read(cluster(), 'mutatingwebhookconfiguration', release);
      expect(webhooks[0].clientConfig.caBundle).toBe(caBundle);
    }
    await cluster().helm(['uninstall', release, '-n', namespace]);
  }, 120_000);
});
