/**
 * By which FlowSchema a real API server takes the operator's requests: it says so in each answer.
 */
import { loadAll } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import { requestWithToken } from '../controlplane/token-request.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';
import { chart, install, type KubernetesObject, namespace, read, release, set } from './chart.ts';

const configMaps = '/api/v1/namespaces/finance/configmaps';
const assignments = '/apis/ssekms.io/v1alpha1/kmskeyassignments';
const configurations = '/apis/admissionregistration.k8s.io/v1';

describeWith(['control plane'], 'the API server', () => {
  const cluster = useControlPlane();
  let operator: string;
  let stranger: string;

  beforeAll(async () => {
    await install(cluster());
    await cluster().kubectl(['create', 'serviceaccount', 'stranger', '-n', namespace]);
    operator = await cluster().asServiceAccount(namespace, release);
    stranger = await cluster().asServiceAccount(namespace, 'stranger');
    // API servers take in new FlowSchemas with some delay.
    await eventually(
      () => schemaOf('GET', configMaps),
      (name) => name !== 'service-accounts',
    );
  }, 60_000);

  /** The name of the FlowSchema that a request was taken by, whatever its answer. */
  async function schemaOf(method: string, path: string, kubeconfig = operator): Promise<string> {
    const { headers } = await requestWithToken(kubeconfig, method, path, method === 'GET' ? undefined : {});
    const uid = headers['x-kubernetes-pf-flowschema-uid'];
    const { stdout } = await cluster().kubectl(['get', 'flowschemas', '-o', 'json']);
    const schemas: KubernetesObject[] = JSON.parse(stdout).items;
    return schemas.find(({ metadata }) => metadata.uid === uid)?.metadata.name;
  }

  it.each([
    ['GET', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${release}`, 'lease'],
    ['PUT', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${release}`, 'lease'],
    ['GET', '/api/v1/namespaces/finance', 'reviews'],
    ['GET', '/api/v1/namespaces?limit=500', 'reviews'],
    ['GET', assignments, 'reviews'],
    ['GET', `${configurations}/mutatingwebhookconfigurations/${release}`, 'reviews'],
    ['PATCH', `${configurations}/validatingwebhookconfigurations/${release}`, 'reviews'],
    ['GET', `/api/v1/namespaces/${namespace}/secrets/${release}-ca`, 'reviews'],
    ['PATCH', `${configMaps}/hadoop`, 'repairs'],
    ['GET', '/api/v1/configmaps?limit=500', 'repairs'],
    ['PATCH', '/api/v1/namespaces/finance/secrets/hadoop', 'repairs'],
    ['PUT', `${assignments}/finance/status`, 'repairs'],
    ['POST', '/apis/events.k8s.io/v1/namespaces/finance/events', 'repairs'],
  ])("takes the operator's %s %s for one of the FlowSchema …-%s", async (method, path, schema) => {
    expect(await schemaOf(method, path)).toBe(`${release}-${schema}`);
    expect(await schemaOf(method, path, stranger)).toBe('service-accounts');
  });

  it.each(['lease', 'reviews', 'repairs'])('knows the priority level of …-%s', async (name) => {
    const { status } = await eventually(
      () => read(cluster(), 'flowschema', `${release}-${name}`),
      (schema) => schema.status?.conditions?.length > 0,
    );
    expect(status.conditions).toMatchObject([{ type: 'Dangling', status: 'False' }]);
  });

  it('gives repairs a share that they never exceed, and lends what they do not use', async () => {
    const { spec } = await read(cluster(), 'prioritylevelconfiguration', `${release}-repairs`);
    expect(spec.limited).toMatchObject({ nominalConcurrencyShares: 10, lendablePercent: 80, borrowingLimitPercent: 0 });
  });

  it('hears nothing of it where it is turned off', async () => {
    const kinds = async (...values: string[]) => {
      const { stdout } = await cluster().helm(['template', release, chart, ...set(...values)]);
      return loadAll(stdout).map((object) => (object as KubernetesObject)?.kind);
    };
    expect(await kinds()).toContain('FlowSchema');
    for (const kind of ['FlowSchema', 'PriorityLevelConfiguration']) {
      expect(await kinds('flowControl.enabled=false')).not.toContain(kind);
    }
  });
});
