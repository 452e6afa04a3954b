/**
 * `explain NAMESPACE/NAME` against a real API server with the operator: which assignment holds and why, and what is the matter with each file.
 */
import { beforeAll, expect, it } from 'vitest';
import { operatorNamespace } from '../../product/install.ts';
import {
  assignment,
  configMap,
  firstKey,
  namespace,
  otherKey,
  plainFile,
  selectingAssignment,
} from '../../product/manifests.ts';
import { useProduct } from '../../product/use-product.ts';
import { describeWith } from '../../run/needs.ts';
import { makeFolder } from '../command-line.ts';

/** In an empty folder, with an empty environment. */
const runCli = (words: readonly string[]) => makeFolder({}).run(words);

const malformed = '<configuration>\n  <property></configuration>\n';

describeWith(['control plane'], 'explain, of an object in a cluster', () => {
  const { cluster, apply, eventually, get } = useProduct('secrets.enabled=true');

  function explain(object: string, ...words: string[]) {
    return runCli(['explain', object, '--kubeconfig', cluster().kubeconfigPath, ...words]);
  }
  const explainJson = async (object: string, ...words: string[]) =>
    JSON.parse((await explain(object, '-o', 'json', ...words)).out);

  beforeAll(async () => {
    const names = ['finance', 'audited', 'late', 'torn', 'nobody'];
    await apply([...names.map((name) => namespace(name)), namespace('etl', { team: 'etl', tier: 'one' })]);
    await apply([
      configMap('late', 'malformed', malformed),
      configMap('late', 'frozen', plainFile, { immutable: true }),
      configMap('torn', 'hadoop'),
      configMap('nobody', 'hadoop'),
    ]);
    await apply([
      assignment('finance', ['finance', 'late']),
      assignment('audit', ['audited'], { enforcement: 'Audit' }),
      assignment('torn-one', ['torn']),
      assignment('torn-two', ['torn'], { key: { arn: otherKey } }),
      selectingAssignment('etl', { team: 'etl' }, { key: { arn: otherKey } }),
      assignment('etl-exact', ['etl']),
    ]);
    await eventually(
      async () => (await get('kmskeyassignments', 'finance')).status?.observedGeneration,
      (generation) => generation === 1,
    );
    await apply([
      configMap('finance', 'hadoop'),
      configMap('audited', 'hadoop'),
      configMap('etl', 'hadoop'),
      configMap('finance', 'other', '', { data: { 'notes.txt': 'x' } }),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hadoop', namespace: 'finance' },
        stringData: { 'core-site.xml': plainFile },
      },
    ]);
  }, 120_000);

  it('complies where the operator has set the key', async () => {
    const { code, out } = await explain('finance/hadoop');
    expect(out).toBe(`ConfigMap finance/hadoop

KmsKeyAssignment finance holds (Enforce): SSE-KMS with ${firstKey}
  finance: names the namespace finance

Files
  core-site.xml: compliant
    has the assigned key
`);
    expect(code).toBe(0);
  });

  it('complies as a Secret, too', async () => {
    const secret = await explainJson('finance/hadoop', '--secret');
    expect(secret).toMatchObject({ kind: 'Secret', files: [{ key: 'core-site.xml', outcome: 'compliant' }] });
  });

  it('says where an assignment only audits, and exits with 1', async () => {
    const { code, out } = await explain('audited/hadoop', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({
      standing: 'assigned',
      assignment: { name: 'audit', enforcement: 'Audit' },
      files: [{ key: 'core-site.xml', outcome: 'notCompliant', reason: 'WouldChange' }],
    });
    expect(code).toBe(1);
  });

  it('says what is malformed, with line and column, and what can not be changed', async () => {
    expect(await explainJson('late/malformed')).toMatchObject({
      files: [{ outcome: 'refused', reason: 'Malformed', line: 2, column: 13 }],
    });
    expect(await explainJson('late/frozen')).toMatchObject({
      files: [{ outcome: 'notCompliant', reason: 'Immutable' }],
    });
  });

  it('names both of two assignments in conflict', async () => {
    const { code, out } = await explain('torn/hadoop');
    expect(out).toContain('Conflict: torn-one and torn-two');
    expect(code).toBe(1);
  });

  it('says which of several assignments counts, and why', async () => {
    const { selecting, assignment: holds } = await explainJson('etl/hadoop');
    expect(holds).toMatchObject({ name: 'etl-exact' });
    expect(selecting).toMatchObject([
      { name: 'etl-exact', by: 'name', passedOver: null },
      { name: 'etl', by: 'selector', passedOver: 'lowerRank' },
    ]);
    const { out } = await explain('etl/hadoop');
    expect(out).toContain('passed over, since one of a higher rank selects the namespace');
  });

  it('says where no assignment holds, and where the webhook is not called', async () => {
    expect(await explainJson('nobody/hadoop')).toMatchObject({ standing: 'none', files: [] });
    expect((await explain('nobody/hadoop')).code).toBe(0);
    await apply(configMap(operatorNamespace, 'hadoop'));
    expect(await explainJson(`${operatorNamespace}/hadoop`)).toMatchObject({ standing: 'excluded' });
  });

  it('says where an object holds no file of the kind', async () => {
    expect((await explain('finance/other')).out).toContain("none of its data keys is a file of Hadoop's or Spark's");
  });

  it.each([
    ['no/hadoop', 'there is no namespace no'],
    ['finance/none', 'there is no ConfigMap none in the namespace finance; for a Secret give --secret'],
  ])('%s is told as missing', async (object, message) => {
    const { code, err } = await explain(object);
    expect(err).toBe(`sse-kms explain: ${message}\n`);
    expect(code).toBe(2);
  });

  it('needs no right to read the configuration of webhooks', async () => {
    const rules = [
      { apiGroups: [''], resources: ['namespaces', 'configmaps'], verbs: ['get'] },
      { apiGroups: ['ssekms.io'], resources: ['kmskeyassignments'], verbs: ['list'] },
    ];
    const api = 'rbac.authorization.k8s.io';
    const metadata = { name: 'reader' };
    await apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...metadata, namespace: 'finance' } },
      { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata, rules },
      {
        apiVersion: `${api}/v1`,
        kind: 'ClusterRoleBinding',
        metadata,
        roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'finance' }],
      },
    ]);
    const kubeconfig = await cluster().asServiceAccount('finance', 'reader');
    const { out, code } = await runCli(['explain', 'finance/hadoop', '--kubeconfig', kubeconfig]);
    expect(out).toContain('KmsKeyAssignment finance holds');
    expect(out).toContain("You may not read the webhook's configuration");
    expect(code).toBe(0);
    const secret = await runCli(['explain', 'finance/hadoop', '--secret', '--kubeconfig', kubeconfig]);
    expect(secret).toMatchObject({ code: 2, err: expect.stringContaining('ask for the right to get and list it') });
  });

  it('prints the policies of a stored assignment', async () => {
    const words = ['--for', 'workload', '-o', 'json', '--kubeconfig', cluster().kubeconfigPath];
    const { out, code } = await runCli(['policy', 'finance', ...words]);
    expect(JSON.parse(out)).toMatchObject({ Statement: [{ Resource: firstKey }] });
    expect(code).toBe(0);
    const missing = await runCli(['policy', 'nobody', ...words]);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('there is no KmsKeyAssignment nobody') });
  });
});
