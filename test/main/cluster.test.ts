/**
 * The operator as the chart installs it, with a real API server that calls it: while certificates rotate, and while it stops.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { readBundles } from '../cluster-client/admission-configurations.ts';
import { eventually } from '../cluster-client/cluster.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { installProduct, operatorNamespace, type Product, release } from '../product/install.ts';
import { describeWith } from '../run/needs.ts';
import { type Command, probe, startCommand } from './command.ts';

vi.setConfig({ testTimeout: 100_000 });

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const file = '<configuration>\n  <property><name>a</name><value>b</value></property>\n</configuration>\n';

describeWith(['control plane'], 'the operator in a cluster', () => {
  const cluster = useControlPlane();
  let product: Product;
  let args: string[];
  let probePort: number;
  let transport: Transport;

  beforeAll(async () => {
    product = await installProduct(cluster());
    await product.operator().end();
    const kubeconfig = await cluster().asServiceAccount(operatorNamespace, release);
    const deployment = ['get', 'deployment', release, '--namespace', operatorNamespace, '--output', 'json'];
    args = JSON.parse((await cluster().kubectl(deployment)).stdout).spec.template.spec.containers[0].args;
    args.push('--namespace', operatorNamespace, '--kubeconfig', kubeconfig);
    probePort = Number(args.find((arg) => arg.startsWith('--probe-port='))?.split('=')[1]);
    transport = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'finance' } };
    const spec = { namespaces: ['finance'], key: { arn } };
    const assignment = {
      apiVersion: 'ssekms.io/v1alpha1',
      kind: 'KmsKeyAssignment',
      metadata: { name: 'finance' },
      spec,
    };
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [namespace, assignment] });
    await cluster().kubectl(['apply', '--filename', '-'], { stdin });
  }, 120_000);
  afterAll(() => transport?.close());

  async function start(...flags: string[]): Promise<Command> {
    const nameOf = (flag: string) => flag.split('=')[0];
    const others = args.filter((arg) => !flags.some((flag) => nameOf(flag) === nameOf(arg)));
    const operator = startCommand([...others, ...flags]);
    await eventually(async () => !operator.alive() || (await probe(probePort, '/readyz')).status === 200, 60);
    if (!operator.alive()) throw new Error(`it ended: ${operator.stderr()}${operator.stdout()}`);
    return operator;
  }

  let written = 0;
  /** Creates a ConfigMap: undefined where it was stored with the key, else what is wrong. */
  async function write(): Promise<string | undefined> {
    const body = { metadata: { name: `hadoop-${++written}` }, data: { 'core-site.xml': file } };
    try {
      const path = '/api/v1/namespaces/finance/configmaps';
      const stored = (await transport.send({ method: 'POST', path, body })) as { data: Record<string, string> };
      return stored.data['core-site.xml']?.includes(arn) ? undefined : 'stored without its key';
    } catch (error) {
      return (error as Error).message;
    }
  }

  const caBundle = async () => (await readBundles(transport, 'mutating', release))[0];

  it('goes on answering while it drains, is not ready meanwhile, and then ends with 0', async () => {
    const operator = await start('--drain-seconds=3');
    expect(await write()).toBeUndefined();
    operator.kill('SIGTERM');
    const asked = Date.now();
    await eventually(async () => (await probe(probePort, '/readyz')).status === 503);
    while (Date.now() - asked < 2_000) expect(await write()).toBeUndefined();
    expect(operator.alive()).toBe(true);
    expect(await operator.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(15_000);
    expect(await write()).toContain('failed calling webhook');
  });

  it('says in every status that the ValidatingWebhookConfiguration is missing, until it is back', async () => {
    const operator = await start('--drain-seconds=0', '--lease-seconds=2');
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const ready = async () => {
      const { status } = (await transport.send({ path: '/apis/ssekms.io/v1alpha1/kmskeyassignments/finance' })) as {
        status?: { conditions?: { type: string; reason: string; message: string }[] };
      };
      return status?.conditions?.find(({ type }) => type === 'Ready');
    };
    await eventually(async () => (await ready())?.reason === 'Compliant', 60);
    const { metadata, ...stored } = (await transport.send({ path: `${path}/${release}` })) as {
      metadata: { name: string; labels: object; annotations: object };
    };
    await transport.send({ method: 'DELETE', path: `${path}/${release}` });
    await eventually(async () => {
      const { reason = '', message = '' } = (await ready()) ?? {};
      return reason === 'WebhookMissing' && message.includes('ValidatingWebhookConfiguration');
    }, 60);
    const { name, labels, annotations } = metadata;
    await transport.send({ method: 'POST', path, body: { ...stored, metadata: { name, labels, annotations } } });
    await eventually(async () => (await ready())?.reason === 'Compliant', 60);
    expect(await write()).toBeUndefined();
    operator.kill('SIGTERM');
    expect(await operator.ended).toBe(0);
  });

  it('is back after SIGKILL with the CA it had', async () => {
    const first = await start('--drain-seconds=0');
    const before = await caBundle();
    first.kill('SIGKILL');
    expect(await first.ended).toBeNull();
    const second = await start('--drain-seconds=0');
    expect(await caBundle()).toBe(before);
    await sleep(100);
    expect(await write()).toBeUndefined();
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('fails no write while its CA is replaced again and again, and logs no key', { timeout: 150_000 }, async () => {
    const operator = await start(
      '--drain-seconds=0',
      '--ca-lifetime-seconds=4',
      '--leaf-lifetime-seconds=2',
      '--log-level=trace',
    );
    const failures: string[] = [];
    const bundles = new Set<string | undefined>();
    const writeOn = async () => {
      while (bundles.size < 12) {
        const failure = await write();
        if (failure !== undefined) failures.push(failure);
        bundles.add(await caBundle());
      }
    };
    await Promise.all([writeOn(), writeOn(), writeOn(), writeOn()]);
    operator.kill('SIGTERM');
    expect(await operator.ended).toBe(0);
    expect(failures).toEqual([]);
    expect(written).toBeGreaterThan(100);
    expect(operator.stdout()).not.toContain('PRIVATE KEY');
    expect(operator.log().filter(({ msg }) => msg === 'issued a new CA').length).toBeGreaterThan(4);
  });
});
