/**
 * The two webhook configurations as a chart installs them, with their caBundle unset.
 */
import type { Transport } from '../../src/cluster/transport.ts';

export const group = '/apis/admissionregistration.k8s.io/v1';

export interface WebhookConfiguration {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly managedFields: readonly { readonly manager: string; readonly operation: string }[];
  };
  readonly webhooks: readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string } }[];
}

export type Kind = 'mutating' | 'validating';

export const configurationPath = (kind: Kind, name: string) => `${group}/${kind}webhookconfigurations/${name}`;

/** A manifest whose webhook is asked about nothing that a test writes. */
export function toManifest(kind: Kind, name: string, entries: readonly string[] = ['configmaps.ssekms.io']) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: kind === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: entries.map((entry) => ({
      name: entry,
      clientConfig: { service: { name: 'webhook', namespace: 'nowhere', path: '/mutate', port: 443 } },
      rules: [{ apiGroups: ['nothing.test'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    })),
  };
}

/** As Helm 4 and GitOps tools write it: server-side apply by their own name. */
export async function applyConfiguration(api: Transport, kind: Kind, name: string, entries?: readonly string[]) {
  await api.send({
    method: 'PATCH',
    path: configurationPath(kind, name),
    query: { fieldManager: 'helm', force: true },
    contentType: 'application/apply-patch+yaml',
    body: toManifest(kind, name, entries),
  });
}

export async function readConfiguration(api: Transport, kind: Kind, name: string): Promise<WebhookConfiguration> {
  return (await api.send({ path: configurationPath(kind, name) })) as WebhookConfiguration;
}

/** The caBundles of every entry as PEM text, empty where there is none. */
export async function readBundles(api: Transport, kind: Kind, name: string): Promise<string[]> {
  const { webhooks } = await readConfiguration(api, kind, name);
  return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString());
}

/** What somebody's `kubectl edit` could do to every entry; an empty text removes the caBundle. */
export async function overwriteBundles(api: Transport, kind: Kind, name: string, bundle: string): Promise<void> {
  const { webhooks } = await readConfiguration(api, kind, name);
  const value = Buffer.from(bundle).toString('base64');
  const body = webhooks.flatMap(({ clientConfig }, i) => {
    const path = `/webhooks/${i}/clientConfig/caBundle`;
    if (bundle !== '') return [{ op: 'add', path, value }];
    return clientConfig.caBundle === undefined ? [] : [{ op: 'remove', path }];
  });
  const path = configurationPath(kind, name);
  await api.send({ method: 'PATCH', path, contentType: 'application/json-patch+json', body });
}
