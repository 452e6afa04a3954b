/**
 * cert-manager's controller, cainjector and webhook beside a control plane, with what its chart would install for the
 * webhook; and the kubelet that brings what it issues to a replica, played with a lag.
 */
import type { Transport } from '../../src/cluster/transport.ts';
import type { KubeletVolume } from '../certificates/kubelet-volume.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { freePorts } from '../product/install.ts';
import { namespace } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { applyDefinitions, type Partner, startPartner } from './partner.ts';

const home = 'cert-manager';
const service = 'cert-manager-webhook';

/** Returns when its webhook is called, by the CA that its cainjector has put there. */
export async function startCertManager(cluster: ControlPlane, api: Transport): Promise<Partner[]> {
  const [port, health] = (await freePorts(2)) as [number, number];
  await applyDefinitions(cluster, 'cert-manager');
  const items = [namespace(home), toService(port), ...toConfigurations(port)];
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  const start = (...args: string[]) =>
    startPartner(cluster, { program: 'cert-manager', args: [...args, `--kubeconfig=${cluster.kubeconfigPath}`] });
  const started = [
    await start('controller'),
    await start('cainjector'),
    await start(
      'webhook',
      `--secure-port=${port}`,
      `--healthz-port=${health}`,
      '--metrics-listen-address=0',
      `--dynamic-serving-ca-secret-namespace=${home}`,
      `--dynamic-serving-ca-secret-name=${service}-ca`,
      `--dynamic-serving-dns-names=${service}.${home}.svc`,
    ),
  ];
  const issuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: { name: 'probe' },
    spec: { selfSigned: {} },
  };
  await eventually(
    () =>
      api
        .send({
          method: 'POST',
          path: `/apis/cert-manager.io/v1/namespaces/${home}/issuers`,
          query: { dryRun: 'All' },
          body: issuer,
        })
        .then(
          () => 'called',
          (error: Error) => error.message,
        ),
    (answer) => answer === 'called',
    undefined,
    60_000,
  );
  return started;
}

function toService(port: number) {
  const spec = { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: service, namespace: home }, spec };
}

/** Those of cert-manager's chart. */
function toConfigurations(port: number) {
  const toWebhook = (path: string, rule: object) => ({
    name: 'webhook.cert-manager.io',
    rules: [{ apiVersions: ['v1'], ...rule }],
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    clientConfig: { service: { name: service, namespace: home, path, port } },
  });
  const metadata = { name: service, annotations: { 'cert-manager.io/inject-ca-from-secret': `${home}/${service}-ca` } };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const apiGroups = ['cert-manager.io', 'acme.cert-manager.io'];
  const anything = { apiGroups, operations: ['CREATE', 'UPDATE'], resources: ['*/*'] };
  const requests = { apiGroups: ['cert-manager.io'], operations: ['CREATE'], resources: ['certificaterequests'] };
  return [
    { apiVersion, kind: 'ValidatingWebhookConfiguration', metadata, webhooks: [toWebhook('/validate', anything)] },
    { apiVersion, kind: 'MutatingWebhookConfiguration', metadata, webhooks: [toWebhook('/mutate', requests)] },
  ];
}

/** Brings each version of a Secret into the volume, so many seconds after it was stored. Returns how to stop that. */
export function followSecret(api: Transport, path: string, volume: KubeletVolume, lagSeconds: number): () => void {
  let version = '';
  const ticker = setInterval(async () => {
    const secret = (await api.send({ path }).catch(() => undefined)) as KubernetesObject;
    if (secret?.data === undefined || secret.metadata.resourceVersion === version) return;
    version = secret.metadata.resourceVersion;
    const files = Object.fromEntries(
      Object.entries<string>(secret.data).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]),
    );
    setTimeout(() => void volume.update(files), lagSeconds * 1000).unref();
  }, 500);
  return () => clearInterval(ticker);
}
