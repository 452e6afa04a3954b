/**
 * The certificates of running replicas on a real API server, seen by clients that trust nothing but the caBundle.
 */

import { X509Certificate } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readCaCertificates } from '../../src/certificates/authority.ts';
import { buildSecretStore } from '../../src/cluster/secrets.ts';
import { buildTransport } from '../../src/cluster/transport.ts';
import type { SecretStore } from '../../src/ports/certificate-stores.ts';
import {
  applyConfiguration,
  configurationPath,
  overwriteBundles,
  readBundles,
} from '../cluster-client/admission-configurations.ts';
import { type Cluster, createNamespace, eventually, startCluster } from '../cluster-client/cluster.ts';
import { describeWith } from '../run/needs.ts';
import { dnsName, namespace, type Replica, type ReplicaOptions, startReplica, startWitness } from './replica.ts';
import { handshake, servedCa } from './tls.ts';

const hour = 3_600_000;
const long = { ca: 100 * hour, leaf: 10 * hour, settling: 500 };
/** A CA is replaced about every second and a half. */
const short = { ca: 2_000, leaf: 1_000, settling: 250 };

let cluster: Cluster;
let name: string;
let secretPath: string;
let store: SecretStore;
let count = 0;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  await createNamespace(cluster.api, namespace);
}, 60_000);
afterAll(() => cluster?.stop());

beforeEach(() => {
  name = `operator-${++count}`;
  secretPath = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  store = buildSecretStore(cluster.api, namespace, name);
});
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

async function install(): Promise<void> {
  await applyConfiguration(cluster.api, 'mutating', name);
  await applyConfiguration(cluster.api, 'validating', name);
}

async function start(options: Partial<ReplicaOptions> = {}): Promise<Replica> {
  const replica = await startReplica({ transport: cluster.api, name, lifetimes: long, ...options });
  running.push(replica);
  return replica;
}

function watchHandshakes(replicas: readonly Replica[]) {
  const witness = startWitness(
    cluster.api,
    name,
    replicas.map(({ port }) => port),
    short.settling,
  );
  running.push(witness);
  return witness;
}

const trusted = (replicas: readonly Replica[]) => replicas.every(({ rotation }) => rotation.status().trusted);
const bundle = async (kind: 'mutating' | 'validating' = 'mutating') =>
  (await readBundles(cluster.api, kind, name))[0] ?? '';
const fingerprints = (text: string) => readCaCertificates(text, Date.now()).map(({ fingerprint }) => fingerprint);
const signing = async () => fingerprints((await store.read())?.data['ca.crt'] ?? '')[0];
/** True where each replica serves a leaf of the CA that the Secret holds. */
const following = async (replicas: readonly Replica[]) => {
  const [pem] = readCaCertificates((await store.read())?.data['ca.crt'] ?? '', Date.now()).map((one) => one.pem);
  if (pem === undefined) return false;
  const served = await Promise.all(replicas.map(({ port }) => servedCa(port)));
  return served.every((issuer) => issuer === new X509Certificate(pem).subject);
};
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describeWith(['control plane'], 'replicas that start at the same instant', () => {
  it('agree on one CA, and each serves a leaf of it', async () => {
    await install();
    const replicas = await Promise.all(Array.from({ length: 5 }, () => start()));
    await eventually(() => trusted(replicas));
    expect(fingerprints((await store.read())?.data['ca.crt'] ?? '')).toHaveLength(1);
    expect(await bundle('validating')).toBe(await bundle('mutating'));
    for (const { port } of replicas) expect(await handshake(port, await bundle(), dnsName)).toBe('trusted');
  });

  it('are not ready before both configurations exist, and become so without a restart', async () => {
    const replica = await start();
    await eventually(() => replica.rotation.status().missing.length === 2);
    await applyConfiguration(cluster.api, 'mutating', name);
    await eventually(async () => (await bundle()) !== '');
    expect(replica.rotation.status()).toMatchObject({ ready: false, missing: [`validating/${name}`] });
    await applyConfiguration(cluster.api, 'validating', name);
    await eventually(() => replica.rotation.status().ready);
  });

  it('use the CA that an earlier installation left in the Secret', async () => {
    await install();
    const first = await start();
    await eventually(() => trusted([first]));
    const before = await signing();
    await first.stop();
    running.splice(0);
    const next = await start();
    await eventually(() => trusted([next]));
    expect(await signing()).toBe(before);
  });
});

describeWith(['control plane'], 'a rotation', () => {
  it('happens ten times in a row without one handshake that fails, on two replicas', { timeout: 90_000 }, async () => {
    await install();
    const replicas = await Promise.all([start({ lifetimes: short }), start({ lifetimes: short })]);
    await eventually(() => trusted(replicas));
    const witness = watchHandshakes(replicas);
    const seen = new Set<string | undefined>();
    let most = 0;
    await eventually(async () => {
      seen.add(await signing());
      most = Math.max(most, fingerprints(await bundle()).length);
      return seen.size > 10;
    }, 80);
    await witness.stop();
    expect(witness.failures).toEqual([]);
    expect(witness.count()).toBeGreaterThan(50);
    expect(most).toBeGreaterThan(1);
  });

  it('leaves one CA behind once no leaf of the old one can be served', { timeout: 30_000 }, async () => {
    await install();
    const first = await start({ lifetimes: short });
    await eventually(() => trusted([first]));
    await eventually(async () => fingerprints(await bundle()).length > 1);
    await first.stop();
    running.splice(0);
    const next = await start({ lifetimes: { ...long, leaf: 1_500 } });
    await eventually(async () => fingerprints(await bundle()).length === 1, 10);
    expect(fingerprints(await bundle())).toEqual([await signing()]);
    expect(await handshake(next.port, await bundle(), dnsName)).toBe('trusted');
  });

  it.each([
    ['ahead', hour],
    ['behind', -hour],
  ])('fails no handshake where one clock is an hour %s', { timeout: 60_000 }, async (_, clockOffset) => {
    await install();
    const replicas = await Promise.all([start({ lifetimes: short }), start({ lifetimes: short, clockOffset })]);
    await eventually(() => trusted(replicas));
    const witness = watchHandshakes(replicas);
    const seen = new Set<string | undefined>();
    await eventually(async () => {
      seen.add(await signing());
      return seen.size > 3;
    }, 40);
    await witness.stop();
    expect(witness.failures).toEqual([]);
  });
});

describeWith(['control plane'], 'a Secret', () => {
  const merge = (body: object) =>
    cluster.api.send({ method: 'PATCH', path: secretPath, contentType: 'application/merge-patch+json', body });
  const remove = () => cluster.api.send({ method: 'DELETE', path: secretPath });
  const rubbish = Buffer.from('rubbish').toString('base64');
  const accidents: [string, () => Promise<unknown>][] = [
    ['deleted', remove],
    ['emptied', () => merge({ data: null })],
    ['left without its key', () => merge({ data: { 'ca.key': null } })],
    ['left with rubbish for a certificate', () => merge({ data: { 'ca.crt': rubbish } })],
    [
      'deleted, and its name taken by something else',
      async () => {
        await remove();
        await store.write({ password: 'x' }, undefined);
      },
    ],
  ];
  it.each(accidents)('%s is replaced, and no handshake fails', async (_, accident) => {
    await install();
    const replicas = await Promise.all([start(), start()]);
    await eventually(() => trusted(replicas));
    const witness = watchHandshakes(replicas);
    const before = await signing();
    await accident();
    await eventually(async () => ![undefined, before].includes(await signing()));
    await eventually(async () => (await following(replicas)) && trusted(replicas));
    await pause(500);
    await witness.stop();
    expect(witness.failures).toEqual([]);
    expect(fingerprints(await bundle())).toContain(before);
  });

  it.each([
    ['while the newer CA was still being phased in', false],
    ['long after the CA in it was dropped', true],
  ])('restored from an old backup costs no handshake either, %s', async (_, dropped) => {
    await install();
    const lifetimes = { ...long, leaf: 1_000 };
    const replicas = await Promise.all([start({ lifetimes }), start({ lifetimes })]);
    await eventually(() => trusted(replicas));
    const backup = await store.read();
    await remove();
    await eventually(async () => fingerprints(await bundle()).length === 2 && (await following(replicas)));
    if (dropped) await eventually(async () => fingerprints(await bundle()).length === 1);
    const witness = watchHandshakes(replicas);
    const before = await bundle();
    await store.write(backup?.data ?? {}, await store.read());
    await eventually(async () => (await bundle()) !== before && (await following(replicas)) && trusted(replicas));
    await pause(500);
    await witness.stop();
    expect(witness.failures).toEqual([]);
    expect(await signing()).not.toBe(fingerprints(backup?.data['ca.crt'] ?? '')[0]);
  });
});

describeWith(['control plane'], 'a caBundle', () => {
  it.each([
    ['cleared', ''],
    ["somebody else's", '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('%s is put right soon, and readiness stays', async (_, text) => {
    await install();
    const replica = await start();
    await eventually(() => trusted([replica]));
    const before = await bundle();
    for (let i = 0; i < 3; i++) {
      await overwriteBundles(cluster.api, 'mutating', name, text);
      expect(replica.rotation.status().ready).toBe(true);
      await eventually(async () => (await bundle()) === before, 5);
    }
    await eventually(() => trusted([replica]));
    expect(replica.rotation.status().ready).toBe(true);
  });

  it('is back after its configuration was deleted and installed again', async () => {
    await install();
    const replica = await start();
    await eventually(() => trusted([replica]));
    const before = await bundle();
    await cluster.api.send({ method: 'DELETE', path: configurationPath('mutating', name) });
    await eventually(() => replica.rotation.status().missing.length === 1);
    expect(replica.rotation.status()).toMatchObject({ ready: true, trusted: false });
    await install();
    await eventually(async () => (await bundle()) === before);
    await eventually(() => trusted([replica]));
  });

  it('is not fought over: whoever insists on another one is answered once a second at most', async () => {
    await install();
    const replica = await start();
    await eventually(() => trusted([replica]));
    let put = 0;
    const end = Date.now() + 3_000;
    while (Date.now() < end) {
      if ((await bundle()) !== '') {
        await overwriteBundles(cluster.api, 'mutating', name, '');
        put += 1;
      }
      await pause(10);
    }
    expect(put).toBeLessThanOrEqual(5);
    await eventually(async () => (await bundle()) !== '');
  });
});

describeWith(['control plane'], 'a replica without rights', () => {
  it('reports its failures, is not ready, and recovers when it gets them', async () => {
    await install();
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(cluster.config.kubeconfigYaml);
    for (const user of kubeConfig.users) Object.assign(user, { impersonateUser: name });
    const transport = buildTransport(kubeConfig);
    const replica = await start({ transport });
    await eventually(() => replica.rotation.status().failures > 1);
    expect(replica.rotation.status().ready).toBe(false);
    await cluster.api.send({
      method: 'POST',
      path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
      body: {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name }],
      },
    });
    await eventually(() => replica.rotation.status().ready, 20);
    transport.close();
  });
});
