/**
 * The whole product with a namespace that has an assignment, and an audit log that says who writes its ConfigMaps.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { installProduct, type Product } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { useAuditedControlPlane } from './writes.ts';

/** A ConfigMap as Git or a chart has it: a Hadoop file without encryption, and a text that nobody edits. */
export function financeFile(name: string, other: string) {
  return configMap('finance', name, plainFile, { data: { 'core-site.xml': plainFile, other } });
}

/** The partners are told to look every two to five seconds. */
const passSeconds = 10;

/** The key that the stored file makes Hadoop use. */
export function keyOf({ data }: KubernetesObject): string | undefined {
  return effectiveEncryption(data['core-site.xml']).key;
}

/** Its hooks return when the webhook edits what is written into the namespace `finance`, with the first key. */
export function useFinance() {
  const { cluster, writes } = useAuditedControlPlane();
  let product: Product | undefined;
  let api: Transport;

  const apply = (object: object) => cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });

  const get = (name: string): Promise<KubernetesObject> =>
    api.send({ path: `/api/v1/namespaces/finance/configmaps/${name}` });

  beforeAll(async () => {
    product = await installProduct(cluster());
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    await apply(namespace('finance'));
    await apply(assignment('finance', ['finance']));
    const probe = JSON.stringify(configMap('finance', 'probe'));
    const args = ['apply', '--dry-run=server', '--output', 'json', '--filename', '-'];
    // API servers take in a new webhook with some delay.
    await eventually(
      async () => (await cluster().kubectl(args, { stdin: probe })).stdout,
      (text) => text.includes(firstKey),
    );
  }, 120_000);
  afterAll(async () => {
    api?.close();
    await product?.stop();
  });

  return {
    cluster,
    apply,
    read: (path: string) => api.send({ path }) as Promise<KubernetesObject>,
    patch: (path: string, body: object) =>
      api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body }),
    get,
    /** What others than this test and the operator asked, dry runs included. */
    byOthers: (name: string) =>
      writes(`finance/${name}`).filter(({ client }) => !['kubectl', 'sse-kms-operator'].includes(client)),
    /** Returns when these files have the other key, and no pass is under way that compared before they had it. */
    async rotate(...names: string[]) {
      await apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
      for (const name of names) {
        await eventually(
          () => get(name),
          (object) => keyOf(object) === otherKey,
        );
      }
      await sleep(passSeconds * 1000);
    },
    /** Writes another file and another text over what is stored, as somebody who knows of no tool. */
    async changeByHand(name: string) {
      const data = { other: 'by hand', 'core-site.xml': plainFile.replace('warehouse', 'mine') };
      const args = ['patch', 'configmap', name, '--namespace=finance', '--type=merge', '--field-manager=somebody'];
      await cluster().kubectl([...args, '--patch', JSON.stringify({ data })]);
    },
  };
}
