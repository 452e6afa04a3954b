/**
 * ConfigMaps with more data keys than the policy on the operator's ServiceAccount compares: keyed when they are written, and
 * after a rotation reported, left alone, and keyed again once somebody writes them.
 */
import { beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { fieldManager } from '../../src/cluster/field-manager.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { mostKeys } from '../../src/core/plan/many-keys.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const path = '/api/v1/namespaces/many/configmaps';

describeWith(['control plane'], 'ConfigMaps with very many keys', () => {
  const { cluster, apply, get, eventually } = useProduct();
  let [admin, operator]: Transport[] = [];
  const statusOf = async (name: string) => (await get('kka', name)).status ?? {};
  const send = (api: Transport | undefined, request: Parameters<Transport['send']>[0]) =>
    // biome-ignore lint/suspicious/noExplicitAny: an object as the API server has it
    api?.send({ timeoutSeconds: 120, ...request }) as Promise<any>;
  const read = (name: string) => send(admin, { path: `${path}/${name}` });
  const keyOf = async (name: string) => effectiveEncryption((await read(name)).data['core-site.xml']).key;
  const patch = (api: Transport | undefined, name: string, body: object) =>
    send(api, {
      ...{ method: 'PATCH', path: `${path}/${name}`, contentType: 'application/merge-patch+json', body },
      ...(api === operator && { query: { fieldManager } }),
    });
  const create = (name: string, keys: number) => {
    const data: Record<string, string> = { 'core-site.xml': plainFile };
    for (let index = 1; index < keys; index++) data[index.toString(36)] = '';
    return send(admin, { method: 'POST', path, body: { metadata: { name }, data } });
  };

  beforeAll(async () => {
    const open = (kubeconfig: string) => buildTransport(loadKubeConfig({ kind: 'files', paths: [kubeconfig] }));
    admin = open(cluster().kubeconfigPath);
    operator = open(await cluster().asServiceAccount(operatorNamespace, release));
    await apply([namespace('many'), namespace('elsewhere')]);
    await apply(configMap('elsewhere', 'healthy'));
    await apply(assignment('many', ['many', 'elsewhere']));
    await eventually(
      () => statusOf('many'),
      ({ summary }) => summary === '1/1',
    );
    await create('most', mostKeys);
    await create('more', mostKeys + 1);
    await create('sixty-thousand', 60_000);
  }, 120_000);

  it('have their key when they are created', async () => {
    for (const name of ['most', 'more', 'sixty-thousand']) expect(await keyOf(name)).toBe(firstKey);
  });

  it('have the next one after a rotation up to the bound, and are reported and left alone beyond it', async () => {
    const before = await read('sixty-thousand');
    await apply(assignment('many', ['many', 'elsewhere'], { key: { arn: otherKey } }));
    const status = await eventually(
      () => statusOf('many'),
      ({ summary, problemCount }) => summary === '2/4' && problemCount === 2,
    );
    expect(await keyOf('most')).toBe(otherKey);
    expect(status.problems).toMatchObject([
      { name: 'more', reason: 'TooManyKeys' },
      { name: 'sixty-thousand', reason: 'TooManyKeys' },
    ]);
    expect((await read('sixty-thousand')).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it("are beyond the bound for the operator's hands, too, whatever it does", async () => {
    await expect(patch(operator, 'more', {})).rejects.toThrow(`no ConfigMap with more than ${mostKeys} keys`);
    await expect(patch(operator, 'sixty-thousand', {})).rejects.toThrow(`no ConfigMap with more than ${mostKeys} keys`);
  });

  it('have it once their owner writes them, and are no problem any more', async () => {
    for (const name of ['more', 'sixty-thousand']) {
      await patch(admin, name, { metadata: { annotations: { written: 'anew' } } });
      expect(await keyOf(name)).toBe(otherKey);
    }
    await eventually(
      () => statusOf('many'),
      ({ summary, problemCount }) => summary === '4/4' && problemCount === 0,
    );
    // What changes nothing passes.
    await patch(operator, 'sixty-thousand', {});
  });
});
