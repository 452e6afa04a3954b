/**
 * The operator beside its real webhook, on a real API server: what main and the chart put together, without processes.
 */
import { type AddressInfo, createServer } from 'node:net';
import type { Logger } from 'pino';
import { expect } from 'vitest';
import type { AssignmentStatus } from '../../src/api/assignment-status.ts';
import { buildCrd } from '../../src/api/crd.ts';
import { buildClusterClient } from '../../src/cluster/cluster-client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import type { ContentionTiming } from '../../src/controller/contention.ts';
import { type Operator, startOperator } from '../../src/controller/operator.ts';
import { build, type WebhookApp } from '../../src/http/webhook-server.ts';
import { type Cluster, createConfigMap, createNamespace, eventually, silent } from '../cluster-client/cluster.ts';
import { type Interposer, startInterposer } from '../cluster-client/interposer.ts';
import { selfSigned } from '../http/self-signed.ts';

export const webhookName = 'sse-kms-operator';
const files = { core: ['core-site.xml'], other: ['hdfs-site.xml'] };
const admission = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const assignments = '/apis/ssekms.io/v1alpha1/kmskeyassignments';

export const key = (last: number) =>
  `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
export const plain = '<configuration>\n  <property><name>a</name><value>b</value></property>\n</configuration>\n';

export interface ConfigMapState {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly managedFields: readonly { readonly manager: string; readonly operation: string }[];
  };
  readonly data: Record<string, string>;
}

/** The webhook's side: one per suite, since the API server keeps its connections. */
export interface Webhook {
  /** Undefined lets every request fail, as a webhook without caches does. */
  operator: Operator | undefined;
  /** From now on the API server can't reach it. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
}

export async function installWebhook(api: Transport): Promise<Webhook> {
  const certificate = await selfSigned();
  let app: WebhookApp | undefined;
  let port = 0;
  const webhook: Webhook = {
    operator: undefined,
    async leave() {
      app?.server.closeAllConnections();
      await app?.close();
      app = undefined;
    },
    async comeBack() {
      app = build({
        files,
        log: silent,
        docsUrl: 'docs',
        onReverted: (update) => webhook.operator?.addReverted(update),
        resolver: {
          resolve: async (namespace) => known().resolve(namespace),
          resolveNow: async (namespace) => known().resolveNow(namespace),
          earlier: (namespace) => known().earlier(namespace),
        },
      });
      app.useCertificate(certificate);
      await app.listen({ host: '127.0.0.1', port });
      port = (app.server.address() as AddressInfo).port;
    },
  };
  function known(): Operator {
    if (webhook.operator === undefined) throw new Error('no operator');
    return webhook.operator;
  }
  await webhook.comeBack();
  await api.send({
    method: 'POST',
    path: admission,
    body: {
      metadata: { name: webhookName },
      webhooks: [
        {
          name: 'configmaps.ssekms.io',
          clientConfig: {
            url: `https://127.0.0.1:${port}/mutate`,
            caBundle: Buffer.from(certificate.cert).toString('base64'),
          },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
          ],
          namespaceSelector: excluding('kube-system'),
          matchConditions: [
            {
              name: 'changeable',
              expression: "request.operation == 'CREATE' || !(has(oldObject.immutable) && oldObject.immutable)",
            },
          ],
          failurePolicy: 'Ignore',
          reinvocationPolicy: 'IfNeeded',
          sideEffects: 'None',
          timeoutSeconds: 5,
          admissionReviewVersions: ['v1'],
        },
      ],
    },
  });
  return webhook;
}

export const excluding = (...namespaces: string[]) => ({
  matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: namespaces }],
});

export async function installCrd(api: Transport): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await api.send({ method: 'POST', path, body: buildCrd() });
  await eventually(() => api.send({ path: assignments }));
}

/** One running operator whose requests are all seen. */
export interface Running {
  readonly operator: Operator;
  readonly network: Interposer;
  /** Its requests that write something, as `PATCH /api/…`. */
  writes(): string[];
  stop(): Promise<void>;
}

export interface RunOptions {
  /** Of this replica; without one it shares no counts of reverted updates. */
  readonly name?: string;
  readonly contentionTiming?: Partial<ContentionTiming>;
  readonly log?: Logger;
}

/** From now on the webhook answers by what this operator knows. */
export async function runOperator(cluster: Cluster, webhook: Webhook, options: RunOptions = {}): Promise<Running> {
  const { name: replica, contentionTiming = {}, log = silent } = options;
  const network = await startInterposer(cluster.kubeConfig);
  const transport = buildTransport(network.kubeConfig);
  const backoff = { firstMs: 50, maxMs: 1000 };
  const client = buildClusterClient({
    transport,
    webhookConfiguration: webhookName,
    podName: 'operator-0',
    ...(replica && { contentionLease: { namespace: 'default', name: 'contention', replica } }),
    log,
    timing: { backoff },
  });
  const operator = startOperator({ client, files, concurrency: 8, contentionTiming, log, backoff });
  webhook.operator = operator;
  return {
    operator,
    network,
    writes: () => network.requests.filter((request) => !request.startsWith('GET ')),
    async stop() {
      if (webhook.operator === operator) webhook.operator = undefined;
      await operator.stop();
      transport.close();
      await network.stop();
    },
  };
}

/** The few words in which the tests speak of a cluster. */
export function buildWords(api: Transport) {
  const merge = (path: string, body: unknown) =>
    api.send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
  const configMapPath = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

  const words = {
    namespace: (name: string, labels: Record<string, string> = {}) => createNamespace(api, name, labels),
    label: (name: string, labels: Record<string, string | null>) =>
      merge(`/api/v1/namespaces/${name}`, { metadata: { labels } }),
    object: (namespace: string, name: string, text = plain, rest: object = {}) =>
      createConfigMap(api, namespace, name, { data: { 'core-site.xml': text }, ...rest }),
    edit: (namespace: string, name: string, text: string) =>
      merge(configMapPath(namespace, name), { data: { 'core-site.xml': text } }),
    labelConfigMap: (namespace: string, name: string, labels: Record<string, string>) =>
      merge(configMapPath(namespace, name), { metadata: { labels } }),
    removeConfigMap: (namespace: string, name: string) =>
      api.send({ method: 'DELETE', path: configMapPath(namespace, name) }),
    stored: async (namespace: string, name: string) =>
      (await api.send({ path: configMapPath(namespace, name) })) as ConfigMapState,
    assign: (name: string, spec: object) =>
      api.send({
        method: 'POST',
        path: assignments,
        body: {
          apiVersion: 'ssekms.io/v1alpha1',
          kind: 'KmsKeyAssignment',
          metadata: { name },
          spec: { key: { arn: key(1) }, ...spec },
        },
      }),
    reassign: (name: string, spec: object) => merge(`${assignments}/${name}`, { spec }),
    unassign: (name: string) => api.send({ method: 'DELETE', path: `${assignments}/${name}` }),
    async unassignAll(): Promise<void> {
      await api.send({ method: 'DELETE', path: assignments });
    },
    setStatus: (name: string, status: unknown) => merge(`${assignments}/${name}/status`, { status }),
    status: async (name: string) =>
      ((await api.send({ path: `${assignments}/${name}` })) as { status?: AssignmentStatus }).status ?? {},
    setScope: (namespaceSelector: object) =>
      api.send({
        method: 'PATCH',
        path: `${admission}/${webhookName}`,
        body: [{ op: 'replace', path: '/webhooks/0/namespaceSelector', value: namespaceSelector }],
        contentType: 'application/json-patch+json',
      }),
    events: async (namespace: string) =>
      (
        (await api.send({ path: `/apis/events.k8s.io/v1/namespaces/${namespace}/events` })) as {
          items: { reason: string; note: string; type: string; regarding: Record<string, string>; series?: unknown }[];
        }
      ).items,

    /** Takes our webhook configuration away for a while. */
    async withoutWebhook(step: () => Promise<unknown>): Promise<void> {
      const path = `${admission}/${webhookName}`;
      const { metadata, ...rest } = (await api.send({ path })) as { metadata: { name: string } };
      await api.send({ method: 'DELETE', path });
      try {
        await eventually(step);
      } finally {
        await api.send({ method: 'POST', path: admission, body: { ...rest, metadata: { name: metadata.name } } });
      }
    },
    /** Lets the CRD accept any spec for a while, as an older version of it might have. */
    async withoutSchema(step: () => Promise<unknown>): Promise<void> {
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/kmskeyassignments.ssekms.io';
      const schema = '/spec/versions/0/schema/openAPIV3Schema/properties/spec';
      // Fields by which assignments are selected have to be in the schema.
      const replaceBy = (value: unknown, selectableFields: readonly object[]) =>
        api.send({
          method: 'PATCH',
          path,
          body: [
            { op: 'replace', path: schema, value },
            { op: 'add', path: '/spec/versions/0/selectableFields', value: selectableFields },
          ],
          contentType: 'application/json-patch+json',
        });
      const [version] = buildCrd().spec.versions;
      const today = version?.schema.openAPIV3Schema.properties as { spec: unknown };
      await replaceBy({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, []);
      try {
        await eventually(step, 20);
      } finally {
        await replaceBy(today.spec, version?.selectableFields ?? []);
      }
    },
    /** Every write of a ConfigMap in the selected namespaces fails after a second: a webhook of somebody else's hangs. */
    async withPoison(namespaceSelector: object, step: () => Promise<unknown>): Promise<void> {
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
      const entry = {
        name: 'configmaps.poison.test',
        clientConfig: { url },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['configmaps'] }],
        namespaceSelector,
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 1,
        admissionReviewVersions: ['v1'],
      };
      const validating = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
      await api.send({ method: 'POST', path: validating, body: { metadata: { name: 'poison' }, webhooks: [entry] } });
      try {
        await step();
      } finally {
        await api.send({ method: 'DELETE', path: `${validating}/poison` });
        silent.close();
      }
    },
    /** A policy of somebody else's denies every change of a ConfigMap's data there. */
    async withDenial(namespace: string, step: () => Promise<unknown>): Promise<void> {
      const group = '/apis/admissionregistration.k8s.io/v1';
      const policy = {
        metadata: { name: 'denial' },
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['configmaps'] },
            ],
          },
          validations: [{ expression: 'object.data == oldObject.data', message: 'not today' }],
        },
      };
      const binding = { metadata: { name: 'denial' }, spec: { policyName: 'denial', validationActions: ['Deny'] } };
      await api.send({ method: 'POST', path: `${group}/validatingadmissionpolicies`, body: policy });
      await api.send({ method: 'POST', path: `${group}/validatingadmissionpolicybindings`, body: binding });
      try {
        // The API server takes a moment to obey.
        let tries = 0;
        await eventually(async () => {
          const edit = words.edit(namespace, 'denied', `${plain}<!-- ${++tries} -->`);
          await expect(edit).rejects.toThrow('not today');
        });
        await step();
      } finally {
        await api.send({ method: 'DELETE', path: `${group}/validatingadmissionpolicybindings/denial` });
        await api.send({ method: 'DELETE', path: `${group}/validatingadmissionpolicies/denial` });
      }
    },

    /** The stored file names this key, and under it Hadoop encrypts. */
    async encrypts(namespace: string, name: string, arn: string): Promise<void> {
      const text = (await words.stored(namespace, name)).data['core-site.xml'] ?? '';
      for (const property of ['fs.s3a.server-side-encryption.key', 'fs.s3a.encryption.key']) {
        expect(text).toContain(`<name>${property}</name>`);
      }
      expect(text.match(/arn:aws:kms:[^<]*/g)?.every((found) => found === arn)).toBe(true);
      expect(text).toContain(arn);
    },
    async isReady(name: string, reason: string, summary: string): Promise<void> {
      const status = await words.status(name);
      expect({ ...condition(status, 'Ready'), summary: status.summary }).toMatchObject({ reason, summary });
    },
  };
  return words;
}

export function condition(status: AssignmentStatus, type: 'Ready' | 'Conflicted') {
  return status.conditions?.find((one) => one.type === type);
}
