/**
 * CAs and certificates that live for seconds, in two real replicas behind one address, while clients write without a pause.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueCa } from '../../src/certificates/issue.ts';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildSecretStore } from '../../src/cluster/secrets.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import type { SecretStore } from '../../src/ports/certificate-stores.ts';
import { overwriteBundles, readBundles } from '../cluster-client/admission-configurations.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, plainFile } from '../product/manifests.ts';
import { type Deployment, installDeployment, type StartOptions } from '../rollout/deployment.ts';
import { findKeyless, startWriters, type Tally } from '../rollout/writers.ts';
import { describeWith } from '../run/needs.ts';
import { foreignCa } from './foreign.ts';

/** Seconds. A CA is replaced about every four, a leaf every two. */
const lifetimes = { ca: 6, leaf: 3 };
const values = [
  `certificates.selfManaged.caLifetimeSeconds=${lifetimes.ca}`,
  `certificates.selfManaged.leafLifetimeSeconds=${lifetimes.leaf}`,
];
const hour = 3_600_000;
const stranger = await foreignCa('somebody else');

describeWith(['control plane'], 'two replicas whose CA and certificates live for seconds', () => {
  const cluster = useControlPlane();
  let deployment: Deployment;
  let api: Transport;
  let secrets: SecretStore;
  let stored = 0;

  beforeAll(async () => {
    deployment = await installDeployment(cluster(), { propagation: () => 0, drainSeconds: 0, values });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    secrets = buildSecretStore(api, operatorNamespace, `${release}-ca`);
    const items = [namespace('finance'), assignment('finance', ['finance'])];
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    await startTwo();
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    api?.close();
  });

  /** At the same instant. */
  async function startTwo(second: StartOptions = {}): Promise<void> {
    const started = await Promise.all([deployment.start(), deployment.start(second)]);
    await Promise.all(started.map((replica) => deployment.untilReady(replica)));
    await eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === 2,
    );
  }

  async function endBoth(): Promise<void> {
    await Promise.all(deployment.replicas().map((replica) => deployment.end(replica, 'SIGTERM')));
    await eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === 0,
    );
  }

  /** How often the replicas that run now have issued a CA, and each of them a certificate. */
  function count(): { cas: number; leaves: number[] } {
    const logs = deployment.replicas().map(({ process }) => process.log());
    const lines = (message: string) => logs.map((log) => log.split(`"msg":"${message}"`).length - 1);
    return { cas: lines('issued a new CA').reduce((a, b) => a + b), leaves: lines('serving a new certificate') };
  }

  /** Resolves after so many more CAs and, in each replica, leaves. */
  async function rotate(cas: number, leaves = cas, since = count()): Promise<void> {
    const deadline = Date.now() + 30_000 * Math.max(cas, leaves);
    const done = () => {
      const now = count();
      return now.cas >= since.cas + cas && now.leaves.every((n, i) => n >= (since.leaves[i] ?? 0) + leaves);
    };
    while (!done()) {
      if (Date.now() > deadline) throw new Error(`${JSON.stringify(count())} after ${JSON.stringify(since)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function whileWriting(step: () => Promise<unknown>): Promise<Tally> {
    const writers = startWriters({ api, namespace: 'finance', key: firstKey, clients: 3 });
    try {
      await step();
    } finally {
      await writers.stop();
    }
    return writers.tally;
  }

  async function expectNothingLost({ failures, keyless, requests }: Tally): Promise<void> {
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    expect(requests).toBeGreaterThan(0);
    const all = await findKeyless(api, 'finance', firstKey);
    expect(all.keyless).toEqual([]);
    expect(all.total).toBeGreaterThan(stored);
    stored = all.total;
  }

  /** As one reads it in `kubectl get secret`, decoded. */
  const readSecret = async () => {
    const secret = await secrets.read();
    return { certificate: secret?.data['ca.crt'] ?? '', key: secret?.data['ca.key'] ?? '' };
  };
  const merge = (body: object) =>
    api.send({
      method: 'PATCH',
      path: `/api/v1/namespaces/${operatorNamespace}/secrets/${release}-ca`,
      contentType: 'application/merge-patch+json',
      body,
    });
  const put = (data: Record<string, string>) =>
    merge({ data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, btoa(text)])) });
  const accidents: [string, () => Promise<unknown>][] = [
    [
      'deleted',
      () => api.send({ method: 'DELETE', path: `/api/v1/namespaces/${operatorNamespace}/secrets/${release}-ca` }),
    ],
    ['emptied', () => merge({ data: null })],
    ['given rubbish for a certificate', () => put({ 'ca.crt': 'rubbish' })],
    ['given the key of another pair', async () => put({ 'ca.key': (await issueCa(Date.now(), hour)).key })],
    ['cut off in the middle of the key', async () => put({ 'ca.key': (await readSecret()).key.slice(0, 90) })],
    [
      'cut off in the middle of the base64 of a certificate',
      async () => put({ 'ca.crt': (await readSecret()).certificate.slice(0, 300) }),
    ],
  ];

  it('rotate both ten times, and no write fails or is stored without its key', { timeout: 400_000 }, async () => {
    const before = count();
    const { total: connectionsBefore } = deployment.balancer.connections;
    const tally = await whileWriting(() => rotate(10));
    const { cas, leaves } = count();
    const rotated = leaves.map((n, i) => n - (before.leaves[i] ?? 0));
    const connections = deployment.balancer.connections.total - connectionsBefore;
    console.log(
      `${cas - before.cas} rotations of the CA, ${rotated.join(' and ')} of the leaves, ${connections} connections: ` +
        `${tally.requests} requests, ${tally.failures.length} failed, ${tally.keyless.length} keyless`,
    );
    await expectNothingLost(tally);
    // Each new caBundle makes API servers connect anew, so that what was rotated was also used.
    expect(connections).toBeGreaterThan(10);
  });

  it.each(accidents)('replace a CA Secret that is %s, and no write fails', { timeout: 90_000 }, async (_, accident) => {
    const tally = await whileWriting(async () => {
      const counted = count();
      await accident();
      await rotate(1, 1, counted);
    });
    await expectNothingLost(tally);
  });

  it.each([
    ['cleared', ''],
    ["somebody else's", stranger.certificate],
  ])('put a caBundle right that is %s, in both configurations', { timeout: 90_000 }, async (_, text) => {
    const hit = Date.now();
    let repaired = hit;
    const { requests, failures, keyless } = await whileWriting(async () => {
      await Promise.all([
        overwriteBundles(api, 'mutating', release, text),
        overwriteBundles(api, 'validating', release, text),
      ]);
      const ours = async () => {
        const both = [await readBundles(api, 'mutating', release), await readBundles(api, 'validating', release)];
        const [pem] = (await readSecret()).certificate.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/) ?? [];
        return both.flat().every((bundle) => pem !== undefined && bundle.includes(pem));
      };
      await eventually(ours, Boolean);
      repaired = Date.now();
    });
    console.log(
      `caBundles repaired after ${repaired - hit} ms; ${failures.length} of ${requests} requests failed meanwhile`,
    );
    // What fails is refused, never stored without its key.
    expect(keyless).toEqual([]);
    await expectNothingLost(await whileWriting(() => rotate(0, 1)));
  });

  // Those that differ where nothing is served yet; due.test.ts has them all.
  const before = accidents.filter(([what]) => /deleted|pair|base64/.test(what));
  it.each(before)('start with a CA Secret that was %s before', { timeout: 90_000 }, async (_, accident) => {
    await endBoth();
    await accident();
    await startTwo();
    const name = `after-${Date.now()}`;
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(configMap('finance', name, plainFile)) });
    expect((await findKeyless(api, 'finance', firstKey)).keyless).toEqual([]);
  });

  it.each([
    ['ahead', hour],
    ['behind', -hour],
  ])('rotate without a failure where the clock of one is an hour %s', { timeout: 120_000 }, async (_, offset) => {
    await endBoth();
    await startTwo({ nodeFlags: ['--import', toClock(offset)] });
    await expectNothingLost(await whileWriting(() => rotate(2)));
  });
});

/** A module that puts the clock of a process forward by so many milliseconds, as far as JavaScript sees it. */
function toClock(offset: number): string {
  const code = `
    const RealDate = Date;
    globalThis.Date = class Date extends RealDate {
      constructor(...args) { if (args.length > 0) super(...args); else super(RealDate.now() + ${offset}); }
      static now() { return RealDate.now() + ${offset}; }
    };`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
