/**
 * What is compared, each on an API server of its own. Every one but the first changes the file, and each stored file is checked
 * for that.
 */
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { installProduct } from '../product/install.ts';
import { assignment, firstKey } from '../product/manifests.ts';
import { startChild } from './child.ts';
import { creation, dataKeys, target } from './creation.ts';
import { kyvernoPolicy, startKyverno } from './kyverno.ts';
import type { PartOptions } from './part.ts';

export interface StoredConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

export interface Rival {
  readonly name: string;
  /** Returns what ends it, once it changes what is created in the namespace. */
  install(cluster: ControlPlane): Promise<() => Promise<void>>;
  /** @throws Error where the stored object isn't as it should be */
  check(stored: StoredConfigMap): void;
}

/** As long as what this product writes into a file under an assignment of one key, give or take a few characters. */
const block = `<!--${'x'.repeat(1400)}-->`;

const holds = (text: string) => (stored: StoredConfigMap) => {
  if (!Object.values(stored.data ?? {}).every((value) => value.includes(text))) throw new Error('stored unchanged');
};

const rivals: readonly Rival[] = [
  { name: 'no webhook', install: async () => async () => {}, check: () => {} },
  { name: 'two webhooks', install: installNoOps, check: holds(block) },
  { name: 'this product', install: installOurs, check: holds(firstKey) },
  { name: 'MutatingAdmissionPolicy', install: installPolicy, check: holds(block) },
];

export const kyvernoName = "Kyverno's MutatingPolicy";

/** All rivals, Kyverno among them where its program is given. */
export function rivalsWith(kyverno: PartOptions['kyverno']): readonly Rival[] {
  if (kyverno === undefined) return rivals;
  const install = async (cluster: ControlPlane) => {
    const stop = await startKyverno(cluster, kyverno);
    try {
      // Its own webhook, which is asked, takes a moment to have a certificate.
      await eventually(
        () => apply(cluster, [kyvernoPolicy(target, toEdits())]).then(() => 'applied', String),
        (outcome) => outcome === 'applied',
      );
      await untilChanged(cluster, block);
    } catch (error) {
      await stop();
      throw error;
    }
    return stop;
  };
  return [...rivals, { name: kyvernoName, install, check: holds(block) }];
}

/** In CEL, for policies. They can't read XML: a text is put where they find the end tag, which goes wrong in many files of users. */
function toEdits(): string {
  const [xml, properties] = [dataKeys.XML, dataKeys.properties];
  const changed = (key: string, value: string) =>
    `'${key}' in object.data ? [JSONPatch{op: 'replace', path: '/data/${key}', value: ${value}}] : []`;
  return (
    `(${changed(xml, `object.data['${xml}'].replace('</configuration>', '${block}</configuration>')`)}) + ` +
    `(${changed(properties, `object.data['${properties}'] + '${block}'`)})`
  );
}

/** One answers a patch as large as this product's, the other allows. */
async function installNoOps(cluster: ControlPlane): Promise<() => Promise<void>> {
  const { ready, stop } = await startChild<{ port: number; caBundle: string }>('no-op-webhooks.ts', [block]);
  const { port, caBundle } = ready;
  const configuration = (kind: string, path: string) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'no-op' },
    webhooks: [
      {
        name: `${path}.example.com`,
        admissionReviewVersions: ['v1'],
        clientConfig: { url: `https://127.0.0.1:${port}/${path}`, caBundle },
        sideEffects: 'None',
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': target } },
      },
    ],
  });
  await apply(cluster, [
    configuration('MutatingWebhookConfiguration', 'mutate'),
    configuration('ValidatingWebhookConfiguration', 'validate'),
  ]);
  await untilChanged(cluster, block);
  return async () => stop();
}

async function installOurs(cluster: ControlPlane): Promise<() => Promise<void>> {
  const product = await installProduct(cluster);
  await apply(cluster, [assignment(target, [target])]);
  await untilChanged(cluster, firstKey);
  return () => product.stop();
}

async function installPolicy(cluster: ControlPlane): Promise<() => Promise<void>> {
  await apply(cluster, [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'bench' },
      spec: {
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': target } },
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
        },
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: toEdits() } }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: 'bench' },
      spec: { policyName: 'bench' },
    },
  ]);
  await untilChanged(cluster, block);
  return async () => {};
}

async function apply(cluster: ControlPlane, items: readonly object[]): Promise<void> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await cluster.kubectl(['apply', '--filename', '-'], { stdin });
}

/** The API server takes a moment to know a new webhook or policy. */
async function untilChanged(cluster: ControlPlane, text: string): Promise<void> {
  const stdin = JSON.stringify(creation({ format: 'XML', kilobytes: 3, number: -1 }));
  await eventually(
    async () => (await cluster.kubectl(['create', '--dry-run=server', '-o', 'json', '-f', '-'], { stdin })).stdout,
    (stored) => JSON.stringify(JSON.parse(stored).data).includes(text),
  );
}
