/**
 * What Helm makes of the chart and its values, checked by the API server.
 */
import { hash } from 'node:crypto';
import { load, loadAll } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import { buildCrd } from '../../src/api/crd.ts';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { chart, type KubernetesObject, namespace, refusal, release, selfTest, set } from './chart.ts';

describeWith(['control plane'], 'the chart', () => {
  const cluster = useControlPlane();

  beforeAll(async () => {
    await cluster().kubectl(['create', 'namespace', namespace]);
    const restricted = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await cluster().kubectl(['label', 'namespace', namespace, ...restricted]);
  });

  async function template(args: readonly string[] = [], name = release): Promise<string> {
    return (await cluster().helm(['template', name, chart, '--namespace', namespace, ...args])).stdout;
  }

  async function objects(args: readonly string[] = [], name = release): Promise<KubernetesObject[]> {
    return loadAll(await template(args, name)).filter((object) => object !== null);
  }

  async function deployment(args: readonly string[] = []): Promise<KubernetesObject> {
    return (await objects(args)).find(({ kind }) => kind === 'Deployment');
  }

  const everything = set(
    'replicas=3',
    'image.repository=registry.example.com:5000/team/sse-kms-operator',
    `image.digest=sha256:${'a'.repeat(64)}`,
    'imagePullSecrets[0].name=registry',
    'serviceAccount.annotations.a=b',
    'podAnnotations.a=b',
    'podLabels.a=b',
    'priorityClassName=system-node-critical',
    'service.ipFamilyPolicy=PreferDualStack',
    'service.ipFamilies={IPv4}',
    'service.annotations.a=b',
    'networkPolicy.egress.restricted=true',
    'networkPolicy.egress.cidrs={10.0.0.0/8,fd00::/8}',
    'podDisruptionBudget.maxUnavailable=50%',
    'shutdown.preStopSeconds=0',
    'nodeSelector.kubernetes\\.io/arch=arm64',
    'tolerations[0].operator=Exists',
    'webhook.failurePolicy=Ignore',
    'webhook.namespaceSelector.matchLabels.team=finance',
    'webhook.namespaceSelector.matchExpressions[0].key=a',
    'webhook.namespaceSelector.matchExpressions[0].operator=Exists',
    'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key=a',
    'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator=Exists',
  );

  it.each<[string, string[]]>([
    ['as it comes', []],
    ['with everything set', everything],
    ['without a ServiceAccount of its own', set('serviceAccount.create=false', 'serviceAccount.name=mine')],
    ['without the definition', set('crd.enabled=false')],
    ['without other files', ['--set-json', 'files.other=[]']],
    ['with Secrets, and files by what they hold', set('secrets.enabled=true', 'files.byContent=true')],
    ['with a provided certificate', set('certificates.mode=provided', 'certificates.provided.secretName=tls')],
    ['with a closed network', set('networkPolicy.egress.restricted=true', 'networkPolicy.egress.dns=true')],
  ])('passes lint and the strict checks of the API server %s', async (_, values) => {
    await cluster().helm(['lint', '--strict', chart, '--namespace', namespace, ...values]);
    const stdin = await template(['--skip-tests', ...values]);
    const { stderr } = await cluster().kubectl(
      ['apply', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-f', '-'],
      { stdin },
    );
    expect(stderr).toBe('');
  });

  it.each([
    ['the operator', 'Deployment'],
    ['helm test', 'Pod'],
  ])('runs %s under Pod Security restricted, on a root file system that is read alone', async (_, kind) => {
    const found = (await objects()).find((object) => object.kind === kind);
    const { spec } = kind === 'Pod' ? found : found.spec.template;
    const metadata = { name: 'pod', namespace };
    // The control plane makes no ServiceAccounts: that one is missing is no matter of Pod Security.
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, automountServiceAccountToken: false } };
    const create = (manifest: object) =>
      refusal(cluster().kubectl(['create', '--dry-run=server', '-f', '-'], { stdin: JSON.stringify(manifest) }));
    expect(await create(pod)).toBeUndefined();
    const [container] = spec.containers;
    const careless = { ...pod, spec: { ...pod.spec, containers: [{ ...container, securityContext: {} }] } };
    expect(await create(careless)).toContain('violates PodSecurity');
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  });

  it('gives a token to the pods that need one, and to no other that uses their ServiceAccount', async () => {
    const rendered = await objects();
    const specs = rendered.flatMap(({ kind, spec }) =>
      kind === 'Pod' ? [spec] : kind === 'Deployment' ? [spec.template.spec] : [],
    );
    const accounts = rendered.filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata.name).sort()).toEqual(
      specs.map(({ serviceAccountName }) => serviceAccountName).sort(),
    );
    for (const account of accounts) expect(account.automountServiceAccountToken).toBe(false);
    for (const spec of specs) expect(spec.automountServiceAccountToken).toBe(true);
  });

  it('lets the Service, the budget and the network policy find the operator, and not the pod of helm test', async () => {
    const rendered = await objects(everything);
    const find = (kind: string) => rendered.find((object) => object.kind === kind);
    const { template: operator, selector } = find('Deployment').spec;
    const selectors = [
      selector.matchLabels,
      find('Service').spec.selector,
      find('PodDisruptionBudget').spec.selector.matchLabels,
      find('NetworkPolicy').spec.podSelector.matchLabels,
    ];
    const matches = (labels: KubernetesObject) =>
      selectors.map((wanted) => Object.entries(wanted).every(([key, value]) => labels[key] === value));
    expect(matches(operator.metadata.labels)).toEqual(selectors.map(() => true));
    expect(matches(find('Pod').metadata.labels)).toEqual(selectors.map(() => false));
  });

  it.each([
    [10, 5],
    [0, 0],
    [600, 300],
  ])('leaves a pod time to end: %i s of drain behind %i s of preStop', async (drain, preStop) => {
    const values = set(`shutdown.drainSeconds=${drain}`, `shutdown.preStopSeconds=${preStop}`);
    const { spec } = (await deployment(values)).spec.template;
    const [{ args, lifecycle }] = spec.containers;
    expect(args).toContain(`--drain-seconds=${drain}`);
    expect(lifecycle?.preStop.sleep.seconds ?? 0).toBe(preStop);
    // The operator itself takes up to 12 s more.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStop + drain + 15);
  });

  it('has a budget where there is more than one replica, and a quota where the class may need one', async () => {
    const kinds = async (...values: string[]) => (await objects(set(...values))).map(({ kind }) => kind);
    expect(await kinds()).toEqual(expect.arrayContaining(['PodDisruptionBudget', 'ResourceQuota']));
    expect(await kinds('replicas=1')).not.toContain('PodDisruptionBudget');
    expect(await kinds('podDisruptionBudget.enabled=false')).not.toContain('PodDisruptionBudget');
    expect(await kinds('priorityClassName=mine')).not.toContain('ResourceQuota');
    expect(await kinds('priorityClassName=')).not.toContain('ResourceQuota');
  });

  it("passes the API server's strict checks with helm test's objects, too", async () => {
    await cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(buildCrd()) });
    await cluster().kubectl(['wait', 'crd/kmskeyassignments.ssekms.io', '--for=condition=Established']);
    await cluster().kubectl(['create', 'namespace', selfTest]);
    await cluster().kubectl(['create', 'serviceaccount', selfTest, '-n', namespace]);
    const args = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];
    const values = ['--set', 'crd.enabled=false', '--show-only', 'templates/tests/self-test.yaml'];
    await cluster().kubectl(args, { stdin: await template(values) });
    await cluster().kubectl(['delete', 'crd', 'kmskeyassignments.ssekms.io']);
    await cluster().kubectl(['delete', 'namespace', selfTest, '--wait=false']);
  });

  it("refuses a namespace of helm test's name that another has made, since Helm would delete it", async () => {
    const name = `ssekms-self-test-${hash('sha256', `${namespace}/other`).slice(0, 8)}`;
    const onCluster = (...values: string[]) =>
      refusal(template(['--dry-run=server', ...set('crd.enabled=false', 'fullnameOverride=other', ...values)]));
    expect(await onCluster()).toBeUndefined();
    await cluster().kubectl(['create', 'namespace', name]);
    expect(await onCluster()).toContain(name);
    expect(await onCluster('selfTest.enabled=false')).toBeUndefined();
    // As an earlier run of this release left it.
    await cluster().kubectl(['annotate', 'namespace', name, `ssekms.io/self-test-of=${namespace}/other`]);
    expect(await onCluster()).toBeUndefined();
  });

  it("gives helm test's namespace and assignment a name that nothing but the release decides", async () => {
    const named = async (...args: string[]) =>
      (await objects(args))
        .filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === 'test')
        .map(({ metadata }) => metadata.name);
    expect(new Set(await named())).toEqual(new Set([selfTest]));
    const [other] = await named('--set', 'fullnameOverride=hadoop');
    expect(other).toMatch(/^ssekms-self-test-[0-9a-f]{8}$/);
    expect(other).not.toBe(selfTest);
    const [elsewhere] = await named('--namespace', `${release}-test`);
    expect([selfTest, other]).not.toContain(elsewhere);
  });

  it("keeps the chart's own labels on the pods, by which the Deployment finds them", async () => {
    const { spec } = await deployment(
      set('podLabels.app\\.kubernetes\\.io/name=x', 'podLabels.helm\\.sh/chart=y', 'podLabels.z=z'),
    );
    expect(spec.template.metadata.labels).toMatchObject({ ...spec.selector.matchLabels, z: 'z' });
    expect(spec.template.metadata.labels['helm.sh/chart']).toContain(release);
  });

  it('gives the operator a command line that it understands', async () => {
    const values = [
      '--set-json',
      'files.other=[]',
      ...set('files.core={core-site.xml,my-core.xml}', 'controller.concurrency=3'),
    ];
    const [container] = (await deployment(values)).spec.template.spec.containers;
    const environment = { POD_NAME: 'pod-1', POD_NAMESPACE: namespace, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(container.env.map(({ name }: { name: string }) => name)).toEqual(['POD_NAME', 'POD_NAMESPACE']);
    expect(parseCommandLine('operator', container.args.slice(1), environment)).toMatchObject({
      kind: 'operator',
      config: {
        namespace,
        podName: 'pod-1',
        serviceName: release,
        mutatingWebhookConfiguration: release,
        validatingWebhookConfiguration: release,
        caSecret: `${release}-ca`,
        leaseName: release,
        contentionLeaseName: `${release}-contention`,
        leaseSeconds: 15,
        webhookPort: 10250,
        probePort: 8081,
        files: { core: ['core-site.xml', 'my-core.xml'], other: [] },
        concurrency: 3,
        resyncSeconds: 600,
        logLevel: 'info',
      },
    });
  });

  it.each([
    ['a release with a long name', 'r'.repeat(53), []],
    ['a release with a dot in its name', 'my.release', []],
    ['a long name', release, set(`fullnameOverride=${'f'.repeat(62)}-x`, `nameOverride=${'n'.repeat(63)}`)],
  ])('has valid names, of 63 characters at most, for %s', async (_, name, values) => {
    const rendered = await objects(values, name);
    for (const object of rendered) expect(object.metadata.name.length, object.metadata.name).toBeLessThanOrEqual(63);
    const kinds = rendered.map((object) => `${object.kind} ${object.metadata.name}`);
    expect(new Set(kinds).size).toBe(kinds.length);
    const args = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];
    await cluster().kubectl(args, { stdin: await template(['--skip-tests', ...values], name) });
  });

  it('points every reference at an object that it makes', async () => {
    const rendered = await objects(set('fullnameOverride=named'));
    const names = new Set(rendered.map((object) => `${object.kind}/${object.metadata.name}`));
    const references = rendered.flatMap((object): string[] => {
      const roles = object.roleRef === undefined ? [] : [`${object.roleRef.kind}/${object.roleRef.name}`];
      const subjects = (object.subjects ?? []).map((subject: KubernetesObject) => `${subject.kind}/${subject.name}`);
      const services = (object.webhooks ?? []).map((entry: KubernetesObject) => entry.clientConfig.service.name);
      const policy = object.spec?.policyName;
      const account = object.spec?.template?.spec.serviceAccountName;
      return [
        ...roles,
        ...subjects,
        ...services.map((name: string) => `Service/${name}`),
        ...(policy ? [`ValidatingAdmissionPolicy/${policy}`] : []),
        ...(account ? [`ServiceAccount/${account}`] : []),
      ];
    });
    expect(references.length).toBeGreaterThan(8);
    expect(references.filter((reference) => !names.has(reference))).toEqual([]);
  });

  it.each<[string, string[], string]>([
    ['a file twice', ['files.core={a.xml}', 'files.other={a.xml}'], 'files:'],
    ['a ServiceAccount without a name', ['serviceAccount.create=false'], 'serviceAccount.name'],
  ])('refuses %s', async (_, values, word) => {
    expect(await refusal(template(set(...values)))).toContain(word);
  });

  it("uses the nodes' network where it shall, and there no port of the kubelet's", async () => {
    expect(await refusal(template(set('hostNetwork=true')))).toContain('webhook.port');
    const { spec } = (await deployment(set('hostNetwork=true', 'webhook.port=10260'))).spec.template;
    expect(spec).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect((await deployment()).spec.template.spec).not.toHaveProperty('hostNetwork');
  });

  it('leaves out what is managed elsewhere', async () => {
    const kinds = async (...values: string[]) => (await objects(set(...values))).map(({ kind }) => kind);
    expect(await kinds('crd.enabled=false')).not.toContain('CustomResourceDefinition');
    expect(await kinds('serviceAccount.create=false', 'serviceAccount.name=a', 'selfTest.enabled=false')).not.toContain(
      'ServiceAccount',
    );
  });

  it('says what to do next, and warns where writes may be stopped or files stored without the key', async () => {
    const notes = async (...values: string[]) => {
      const args = ['install', release, chart, '--namespace', namespace, '--dry-run=client', '-o', 'json'];
      const { stdout } = await cluster().helm([...args, ...set('docs.url=https://docs.example.com', ...values)]);
      return (load(stdout) as KubernetesObject).info.notes as string;
    };
    expect(await notes()).toContain('kind: KmsKeyAssignment');
    expect(await notes()).not.toContain('WARNING');
    expect(await notes('webhook.failurePolicy=Ignore')).toContain('WARNING');
    expect(await notes('replicas=1')).toContain('WARNING');
    expect(await notes('docs.url=')).toContain('WARNING: docs.url is empty');
    expect(await notes()).toContain('helm test');
    expect(await notes('selfTest.enabled=false')).not.toContain('helm test');
  });
});
