import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCrd } from '../../../src/api/crd.ts';
import {
  type Cluster,
  createConfigMap,
  createNamespace,
  eventually,
  startCluster,
} from '../../cluster-client/cluster.ts';
import { describeWith } from '../../run/needs.ts';
import { runAudit } from './run-audit.ts';
import { encrypted, file, keyArn, property, toAssignment } from './sample.ts';

const plain = file(property('fs.defaultFS', 's3a://warehouse'));
const finance = toAssignment('ledger', { namespaces: ['finance'], key: { arn: keyArn(0) } });
const manifest = JSON.stringify(finance);

/** The resources that the page of the docs asks to get and list, by their group. */
async function rightsInDocs(): Promise<Record<string, readonly string[]>> {
  const path = join(import.meta.dirname, '../../../charts/sse-kms-operator/docs/audit.md');
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(await readFile(path, 'utf8')) ?? [];
  const role = load(yaml) as { rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] };
  expect(role.rules.every(({ verbs }) => verbs.join() === 'get,list')).toBe(true);
  return Object.fromEntries(role.rules.map(({ apiGroups, resources }) => [apiGroups[0] ?? '', resources]));
}

describeWith(['control plane'], 'sse-kms audit on a real API server', () => {
  let cluster: Cluster;
  /** With get and list alone, of the resources that are named. */
  let reader: (resources: Record<string, readonly string[]>) => Promise<string>;

  beforeAll(async () => {
    cluster = await startCluster();
    const { api, controlPlane } = cluster;
    for (const name of ['finance', 'marketing']) await createNamespace(api, name);
    const core = (text: string) => ({ data: { 'core-site.xml': text } });
    await createConfigMap(api, 'finance', 'plain', core(plain));
    await createConfigMap(api, 'finance', 'right', core(encrypted(0, keyArn(0))));
    await createConfigMap(api, 'finance', 'fixed', { ...core(plain), immutable: true });
    await createConfigMap(api, 'finance', 'broken', core('<configuration>\n  <property>\n</configuration>\n'));
    await createConfigMap(api, 'finance', 'minio', core(file(property('fs.s3a.endpoint', 'http://minio:9000'))));
    await createConfigMap(api, 'finance', 'log4j', { data: { 'log4j.properties': 'rootLogger.level = INFO' } });
    await createConfigMap(api, 'marketing', 'plain', core(plain));
    await createConfigMap(api, 'marketing', 'elsewhere', { data: { 'hadoop.xml': plain } });
    await api.send({
      method: 'POST',
      path: '/api/v1/namespaces/finance/secrets',
      body: { metadata: { name: 'keys' }, data: { 'core-site.xml': Buffer.from('<sesame>').toString('base64') } },
    });
    let readers = 0;
    reader = async (resources) => {
      const name = `reader-${++readers}`;
      await controlPlane.kubectl(['create', 'serviceaccount', name, '-n', 'default']);
      const rules = Object.entries(resources).map(([group, names]) => ({
        apiGroups: [group],
        resources: names,
        verbs: ['get', 'list'],
      }));
      const rbac = '/apis/rbac.authorization.k8s.io/v1';
      await api.send({ method: 'POST', path: `${rbac}/clusterroles`, body: { metadata: { name }, rules } });
      const binding = {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ kind: 'ServiceAccount', namespace: 'default', name }],
      };
      await api.send({ method: 'POST', path: `${rbac}/clusterrolebindings`, body: binding });
      return controlPlane.asServiceAccount('default', name);
    };
  }, 120_000);
  afterAll(() => cluster?.stop(), 60_000);

  const asAdministrator = () => ['--kubeconfig', cluster.controlPlane.kubeconfigPath, '-o', 'json'];
  const outcomes = (report: { objects: readonly { namespace: string; name: string; outcome: string }[] }) =>
    Object.fromEntries(report.objects.map(({ namespace, name, outcome }) => [`${namespace}/${name}`, outcome]));

  it('says before any installation what the assignments of a file would change', async () => {
    const ran = await runAudit([...asAdministrator(), '-f', '-'], manifest);
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    const report = ran.report();
    expect(report.scope).toMatchObject({ operator: 'notInstalled', files: ['-'] });
    expect(outcomes(report)).toEqual({
      'finance/broken': 'refused',
      'finance/fixed': 'immutable',
      'finance/minio': 'change',
      'finance/plain': 'change',
      'marketing/plain': 'unassigned',
    });
    expect(report.totals).toEqual({ refused: 1, immutable: 1, change: 2, unassigned: 1, compliant: 1 });
    expect(report.assignments).toMatchObject([{ name: 'ledger', origin: 'file', namespaces: 1 }]);
    expect(report.otherValues).toMatchObject([{ namespace: 'marketing', name: 'elsewhere', key: 'hadoop.xml' }]);
    expect(report.namespaces.find(({ name }) => name === 'finance')?.warnings).toEqual({ OtherStore: 1 });
  });

  it('tells where in a file a refusal is, and which key files name', async () => {
    const report = (await runAudit([...asAdministrator(), '-f', '-'], manifest)).report();
    const broken = report.objects.find(({ name }) => name === 'broken');
    expect(broken?.findings).toMatchObject([{ key: 'core-site.xml', reason: 'Malformed', line: 3 }]);
    expect(report.keys.find(({ key }) => key === keyArn(0))).toMatchObject({
      assignedBy: ['ledger'],
      filesNow: 1,
      filesAfter: 3,
    });
  });

  it('says without any assignment what nothing covers, and what to do', async () => {
    const ran = await runAudit(['--kubeconfig', cluster.controlPlane.kubeconfigPath]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("the cluster doesn't know KmsKeyAssignments yet: name files with -f");
    expect(ran.out).toMatch(/finance +none +5 +5 unassigned/);
  });

  it('needs get and list alone, of namespaces and ConfigMaps, with assignments from a file', async () => {
    const kubeconfig = await reader({ '': ['namespaces', 'configmaps'] });
    const ran = await runAudit(['--kubeconfig', kubeconfig, '-o', 'json', '-f', '-'], manifest);
    expect(ran.err).toBe('');
    expect(ran.report().totals).toEqual({ refused: 1, immutable: 1, change: 2, unassigned: 1, compliant: 1 });
    expect(ran.report().scope.operator).toBe('unknown');
    expect(ran.report().remarks.join()).toMatch(
      /webhook configurations may not be read.*KmsKeyAssignments.*may not be read/,
    );
  });

  it('says which right is missing', async () => {
    const blind = await reader({ '': ['namespaces'], 'ssekms.io': ['kmskeyassignments'] });
    const ran = await runAudit(['--kubeconfig', blind, '-f', '-'], manifest);
    expect(ran.code).toBe(2);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(
      /cannot list configmaps: .*forbidden.*: ask for the right to list configmaps, or name the namespaces/,
    );
  });

  it('audits one namespace with the rights of that namespace alone', async () => {
    const kubeconfig = await reader({});
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/finance';
    const name = 'team';
    const rules = [{ apiGroups: [''], resources: ['configmaps', 'namespaces'], verbs: ['get', 'list'] }];
    await cluster.api.send({ method: 'POST', path: `${rbac}/roles`, body: { metadata: { name }, rules } });
    const body = {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts:default' }],
    };
    await cluster.api.send({ method: 'POST', path: `${rbac}/rolebindings`, body });
    await eventually(async () => {
      const ran = await runAudit(['--kubeconfig', kubeconfig, '-o', 'json', '-n', 'finance', '-f', '-'], manifest);
      expect(ran.err).toBe('');
      expect(ran.report().namespaces.map((namespace) => namespace.name)).toEqual(['finance']);
      expect(ran.report().totals).toEqual({ refused: 1, immutable: 1, change: 2, compliant: 1 });
    });
  });

  it('reads Secrets where that is asked for, and tells nothing of what they hold', async () => {
    const ran = await runAudit([...asAdministrator(), '--secrets', '-f', '-'], manifest);
    const secret = ran.report().objects.find(({ kind }) => kind === 'Secret');
    expect(secret).toMatchObject({ name: 'keys', outcome: 'refused' });
    expect(ran.out).not.toContain('sesame');
  });

  it('tells every mistake in a file of assignments, with its place', async () => {
    const wrong =
      'apiVersion: ssekms.io/v1alpha1\nkind: KmsKeyAssignment\nmetadata: {name: a}\nspec: {namespaces: [x]}\n';
    const ran = await runAudit([...asAdministrator(), '-f', '-'], wrong);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/spec\.key/);
  });

  it('writes no page into a terminal, and no colours into a file', async () => {
    const kubeconfig = ['--kubeconfig', cluster.controlPlane.kubeconfigPath];
    const page = await runAudit([...kubeconfig, '-o', 'html'], '', true);
    expect(page).toMatchObject({ code: 2, out: '' });
    expect(page.err).toContain('sse-kms audit -o html > audit.html');
    expect((await runAudit(kubeconfig)).out).not.toContain('\u001b[');
    expect((await runAudit(kubeconfig, '', true)).out).toContain('\u001b[');
    expect((await runAudit([...kubeconfig, '-o', 'html'])).out).toMatch(/^<!doctype html>/);
  });

  it('says which server does not answer', async () => {
    const dead = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
      'current-context': 'x',
    });
    const path = `${cluster.controlPlane.folder}/dead`;
    await writeFile(path, dead);
    const ran = await runAudit(['--kubeconfig', path]);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/cannot list .*ECONNREFUSED/);
  });

  it('goes by the assignments and the scope of an installation, and by files as if they were applied', async () => {
    const { api } = cluster;
    await api.send({
      method: 'POST',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      body: buildCrd(),
    });
    const assignments = '/apis/ssekms.io/v1alpha1/kmskeyassignments';
    await eventually(() => api.send({ method: 'POST', path: assignments, body: finance }), 30);
    const entry = {
      name: 'mutate.ssekms.io',
      clientConfig: { url: 'https://127.0.0.1:1/mutate' },
      rules: [],
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['marketing'] }],
      },
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    };
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
    await api.send({ method: 'POST', path, body: { metadata: { name: 'a-release' }, webhooks: [entry] } });

    const report = (await runAudit(asAdministrator())).report();
    expect(report.scope.operator).toBe('installed');
    expect(report.totals).toEqual({ refused: 1, immutable: 1, change: 2, excluded: 1, compliant: 1 });
    expect(report.assignments).toMatchObject([{ name: 'ledger', origin: 'cluster' }]);

    const documented = await reader(await rightsInDocs());
    const asReader = await runAudit(['--kubeconfig', documented, '-o', 'json']);
    expect(asReader.err).toBe('');
    expect(asReader.report()).toMatchObject({ totals: report.totals, remarks: [], scope: { operator: 'installed' } });

    const other = toAssignment('ledger', { namespaces: ['finance'], key: { arn: keyArn(9) }, otherStores: 'Leave' });
    const applied = (await runAudit([...asAdministrator(), '-f', '-'], JSON.stringify(other))).report();
    expect(applied.assignments).toMatchObject([{ name: 'ledger', origin: 'file', key: keyArn(9) }]);
    expect(applied.totals).toEqual({ refused: 1, immutable: 1, change: 2, excluded: 1, otherStore: 1 });
  });
});
