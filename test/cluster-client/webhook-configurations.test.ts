import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { issueCa } from '../../src/certificates/issue.ts';
import { buildTrustPublisher, caBundleWriter } from '../../src/cluster/webhook-configurations.ts';
import type { TrustPublisher, TrustTarget } from '../../src/ports/certificate-stores.ts';
import { describeWith } from '../run/needs.ts';
import {
  applyConfiguration,
  configurationPath,
  overwriteBundles,
  readBundles,
  readConfiguration,
} from './admission-configurations.ts';
import { type Cluster, startCluster } from './cluster.ts';

const { certificate: one } = await issueCa(Date.now(), 86_400_000);
const { certificate: other } = await issueCa(Date.now(), 86_400_000);
let cluster: Cluster;
let publisher: TrustPublisher;
let name: string;
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
}, 60_000);
afterAll(() => cluster?.stop());

beforeEach(async () => {
  name = `operator-${++count}`;
  publisher = buildTrustPublisher(cluster.api, { mutating: name, validating: name, writer: 'self-managed' });
  await applyConfiguration(cluster.api, 'mutating', name);
});

const readTarget = async (kind: string) => {
  const target = (await publisher.read()).find((one) => one.name.startsWith(kind));
  if (target === undefined) throw new Error(`no ${kind} target`);
  return target;
};
const bundles = () => readBundles(cluster.api, 'mutating', name);

describeWith(['control plane'], 'a trust publisher', () => {
  it('reads both configurations, also the one that does not exist', async () => {
    const [mutating, validating] = await publisher.read();
    expect(mutating?.found?.entries).toEqual([{ name: 'configmaps.ssekms.io', bundle: '' }]);
    expect(validating?.found).toBeUndefined();
  });

  it('says whose turn it is to write, by the annotation that the installer sets', async () => {
    const writers = ['self-managed', 'provided', undefined];
    const asked = async () => {
      const publishers = writers.map((writer) =>
        buildTrustPublisher(cluster.api, { mutating: name, validating: name, writer }),
      );
      const answers = await Promise.all(publishers.map((one) => one.read()));
      return answers.map(([mutating]) => mutating?.found?.writtenByOthers);
    };
    expect(await asked()).toEqual([false, false, true]);
    const body = { metadata: { annotations: { [caBundleWriter]: 'provided' } } };
    const path = configurationPath('mutating', name);
    await cluster.api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
    expect(await asked()).toEqual([true, false, true]);
  });

  it('publishes to every entry, and reads back what it published', async () => {
    await applyConfiguration(cluster.api, 'mutating', name, ['a.ssekms.io', 'b.ssekms.io']);
    expect(await publisher.publish(await readTarget('mutating'), one + other)).toBe('written');
    expect(await bundles()).toEqual([one + other, one + other]);
    expect((await readTarget('mutating')).found?.entries.map(({ bundle }) => bundle)).toEqual([
      one + other,
      one + other,
    ]);
  });

  it('writes as an Update manager and owns nothing that the installer applies', async () => {
    await publisher.publish(await readTarget('mutating'), one);
    const { metadata } = await readConfiguration(cluster.api, 'mutating', name);
    expect(metadata.managedFields.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['helm', 'Apply'],
      ['sse-kms-operator', 'Update'],
    ]);
  });

  it('keeps what it published when the installer applies its manifest again, with an entry more or less', async () => {
    await publisher.publish(await readTarget('mutating'), one);
    await applyConfiguration(cluster.api, 'mutating', name, ['configmaps.ssekms.io', 'more.ssekms.io']);
    expect(await bundles()).toEqual([one, '']);
    await publisher.publish(await readTarget('mutating'), one);
    expect(await bundles()).toEqual([one, one]);
    await applyConfiguration(cluster.api, 'mutating', name, ['configmaps.ssekms.io']);
    expect(await bundles()).toEqual([one]);
  });

  it('does not write where nothing differs', async () => {
    await publisher.publish(await readTarget('mutating'), one);
    const { metadata } = await readConfiguration(cluster.api, 'mutating', name);
    expect(await publisher.publish(await readTarget('mutating'), one)).toBe('written');
    expect((await readConfiguration(cluster.api, 'mutating', name)).metadata.resourceVersion).toBe(
      metadata.resourceVersion,
    );
  });

  it('never takes back what another replica published since it read', async () => {
    const before = await readTarget('mutating');
    await publisher.publish(before, one + other);
    expect(await publisher.publish(before, one)).toBe('conflict');
    expect(await bundles()).toEqual([one + other]);
  });

  it('never writes to an entry that has moved to another index', async () => {
    await applyConfiguration(cluster.api, 'mutating', name, ['a.ssekms.io', 'b.ssekms.io']);
    const before = await readTarget('mutating');
    await applyConfiguration(cluster.api, 'mutating', name, ['b.ssekms.io']);
    await expect(publisher.publish(before, one)).rejects.toMatchObject({ status: 422 });
    expect(await bundles()).toEqual(['']);
  });

  it('never creates a configuration', async () => {
    expect(await publisher.publish(await readTarget('validating'), one)).toBe('conflict');
    const before = await readTarget('mutating');
    await cluster.api.send({ method: 'DELETE', path: configurationPath('mutating', name) });
    expect(await publisher.publish(before, one)).toBe('conflict');
    expect((await publisher.read()).map(({ found }: TrustTarget) => found)).toEqual([undefined, undefined]);
  });

  it('reads what others left in the caBundle, whatever it is', async () => {
    await overwriteBundles(cluster.api, 'mutating', name, `${one}\nsome words\n`);
    expect((await readTarget('mutating')).found?.entries[0]?.bundle).toBe(`${one}\nsome words\n`);
  });
});
