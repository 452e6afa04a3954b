/**
 * Certificates that others put into a Secret, in two real replicas behind one address, each with a volume of its own that
 * changes as the kubelet changes it. Issuer and Secret are played by the test; for cert-manager it is a stand-in for the
 * controller and for cainjector.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import {
  configurationPath,
  overwriteBundles,
  readBundles,
  readConfiguration,
} from '../cluster-client/admission-configurations.ts';
import type { CommandFailed } from '../controlplane/command.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { assignment, firstKey, namespace } from '../product/manifests.ts';
import { type Deployment, installDeployment, type Replica } from '../rollout/deployment.ts';
import { findKeyless, startWriters, type Tally } from '../rollout/writers.ts';
import { describeWith } from '../run/needs.ts';
import { certManagerDefinitions } from './cert-manager-crds.ts';
import { type ForeignCa, type ForeignLeafOptions, foreignCa, foreignLeaf } from './foreign.ts';
import { buildKubeletVolume, type Files, type KubeletVolume } from './kubelet-volume.ts';
import { servedCa } from './tls.ts';

const hostname = `${release}.${operatorNamespace}.svc`;

async function secretOf(ca: ForeignCa, options: Partial<ForeignLeafOptions> = {}): Promise<Files> {
  const { certificate, key } = await foreignLeaf({ names: [hostname], issuer: ca, ...options });
  return { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': ca.certificate };
}

/** The chart with these values, two volumes, and replicas that mount one each. */
function useReplicas(...values: string[]) {
  const cluster = useControlPlane();
  const volumes: KubeletVolume[] = [];
  let deployment: Deployment;
  let api: Transport;

  beforeAll(async () => {
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(certManagerDefinitions) });
    await cluster().kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    // Lifetimes of a CA of its own don't matter in these modes but for how long API servers are given to settle.
    const flags = ['--ca-lifetime-seconds=5', '--leaf-lifetime-seconds=2'];
    deployment = await installDeployment(cluster(), { propagation: () => 0, drainSeconds: 0, values, flags });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    const items = [namespace('finance'), assignment('finance', ['finance'])];
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    for (let i = 0; i < 2; i++) volumes.push(await buildKubeletVolume(cluster().folder));
  }, 120_000);
  afterAll(async () => {
    await deployment?.stop();
    api?.close();
  });

  const start = (i: number) => deployment.start({ flags: [`--certificate-folder=${volumes[i]?.folder}`] });
  return {
    cluster,
    api: () => api,
    start,
    async startTwo() {
      const started = await Promise.all([start(0), start(1)]);
      await Promise.all(started.map((replica) => deployment.untilReady(replica)));
      await this.untilBothAreCalled();
    },
    untilBothAreCalled: () =>
      eventually(
        async () => deployment.balancer.published(),
        (names) => names.length === 2,
      ),
    async endAll() {
      await Promise.all(deployment.replicas().map((replica) => deployment.end(replica, 'SIGTERM')));
    },
    replicas: () => deployment.replicas(),
    volume: (i: number) => volumes[i] as KubeletVolume,
    async update(files: Files) {
      for (const volume of volumes) await volume.update(files);
    },
    bundles: async () => [
      ...(await readBundles(api, 'mutating', release)),
      ...(await readBundles(api, 'validating', release)),
    ],
    /** The subject of the CA whose certificate each replica serves. */
    served: () => Promise.all(deployment.replicas().map(({ webhookPort }) => servedCa(webhookPort))),
    readyz: async ({ probePort }: Replica) => (await fetch(`http://localhost:${probePort}/readyz`)).text(),
    linesOf: ({ process }: Replica, message: string) =>
      process
        .log()
        .split('\n')
        .filter((line) => line.includes(`"msg":"${message}"`)),
    async whileWriting(step: () => Promise<unknown>): Promise<Tally> {
      const writers = startWriters({ api, namespace: 'finance', key: firstKey, clients: 2 });
      try {
        await step();
      } finally {
        await writers.stop();
      }
      return writers.tally;
    },
    async expectNothingLost({ failures, keyless, requests }: Tally) {
      expect(failures).toEqual([]);
      expect(keyless).toEqual([]);
      expect(requests).toBeGreaterThan(0);
      expect((await findKeyless(api, 'finance', firstKey)).keyless).toEqual([]);
    },
  };
}

const serving = 'serving a new certificate';
const unusable = 'cannot use the certificate that is provided';
const trustedBy = (ca: ForeignCa) => (bundles: readonly string[]) =>
  bundles.length === 2 && bundles.every((text) => text.includes(ca.certificate));

describeWith(['control plane'], 'a provided Secret', () => {
  const suite = useReplicas('certificates.mode=provided', 'certificates.provided.secretName=mine');
  let ca: ForeignCa;

  beforeEach(async () => {
    ca = await foreignCa(`company ${Math.random()}`);
  });
  afterEach(() => suite.endAll());

  it.each<[string, (files: Files) => Files | Promise<Files>, string]>([
    ['nothing yet', () => ({}), 'FileMissing'],
    [
      'half a certificate',
      (files) => ({ ...files, 'tls.crt': files['tls.crt']?.slice(0, 200) ?? '' }),
      'CertificateDamaged',
    ],
    ['a certificate for another name', () => secretOf(ca, { names: ['other.svc'] }), 'WrongName'],
    ['an expired certificate', () => secretOf(ca, { to: -1_000 }), 'Expired'],
  ])('that holds %s leaves a replica unready, which says why, until it is mended', async (_, spoil, reason) => {
    const good = await secretOf(ca);
    await suite.update(await spoil(good));
    const replica = await suite.start(0);
    await eventually(
      () => suite.readyz(replica).catch(() => 'no answer'),
      (text) => text.includes(reason),
    );
    await suite.update(good);
    await eventually(
      () => suite.readyz(replica),
      (text) => text === 'ok\n',
    );
    expect(await suite.bundles()).toSatisfy(trustedBy(ca));
  });

  it('is renewed by the same CA, and replaced by that of another, which one replica sees later: no write fails', async () => {
    await suite.update(await secretOf(ca));
    await suite.startTwo();
    const next = await foreignCa('next');
    const tally = await suite.whileWriting(async () => {
      await suite.update(await secretOf(ca));
      await eventually(
        async () => suite.replicas().map((replica) => suite.linesOf(replica, serving).length),
        (counts) => counts.every((n) => n === 2),
      );
      const files = await secretOf(next);
      await suite.volume(0).update(files);
      // One replica serves the new one, the other still the old one: both are trusted.
      await eventually(suite.served, (cas) => cas.includes('CN=next') && cas.some((one) => one !== 'CN=next'));
      expect(await suite.bundles()).toSatisfy((found: string[]) => trustedBy(ca)(found) && trustedBy(next)(found));
      await suite.volume(1).update(files);
      await eventually(suite.served, (cas) => cas.every((one) => one === 'CN=next'));
    });
    console.log(`renewed and replaced: ${tally.requests} requests, ${tally.failures.length} failed`);
    await suite.expectNothingLost(tally);
  });

  it.each<[string, (volume: KubeletVolume, files: Files) => Promise<void>, string]>([
    [
      'half-written in place',
      (volume, files) => volume.overwrite('tls.crt', files['tls.crt']?.slice(0, 150) ?? ''),
      'CertificateDamaged',
    ],
    [
      'left without its key',
      (volume, files) => volume.update({ 'tls.crt': files['tls.crt'] ?? '', 'ca.crt': files['ca.crt'] ?? '' }),
      'FileMissing',
    ],
    [
      'given the key of another pair',
      async (volume, files) => volume.update({ ...files, 'tls.key': (await secretOf(ca))['tls.key'] ?? '' }),
      'KeyMismatch',
    ],
    [
      'signed by another CA than the one in ca.crt',
      async (volume, files) => volume.update({ ...files, 'ca.crt': (await foreignCa('wrong')).certificate }),
      'CaMismatch',
    ],
    [
      'given a key that is too short for TLS',
      async (volume) => volume.update(await secretOf(ca, { rsaBits: 512 })),
      'Unusable',
    ],
  ])('that is %s changes nothing: the old one is served, the reason told once', async (_, spoil, reason) => {
    const good = await secretOf(ca);
    await suite.update(good);
    await suite.startTwo();
    const tally = await suite.whileWriting(async () => {
      for (let i = 0; i < 2; i++) await spoil(suite.volume(i), await secretOf(ca));
      await eventually(
        async () => suite.replicas().map((replica) => suite.linesOf(replica, unusable)),
        (lines) => lines.every((told) => told.length > 0),
      );
      for (const replica of suite.replicas()) expect(await suite.readyz(replica)).toBe('ok\n');
      // Whatever else makes it look again tells nothing anew, and the caBundle is still kept right.
      await overwriteBundles(suite.api(), 'mutating', release, '');
      await eventually(suite.bundles, trustedBy(ca));
    });
    for (const replica of suite.replicas()) {
      const told = suite.linesOf(replica, unusable);
      expect(told).toHaveLength(1);
      expect(JSON.parse(told[0] ?? '')).toMatchObject({ reason });
      expect(suite.linesOf(replica, serving)).toHaveLength(1);
      expect(replica.process.log()).not.toContain('PRIVATE KEY');
    }
    expect(tally.keyless).toEqual([]);
    await suite.update(await secretOf(ca));
    await eventually(
      async () => suite.replicas().map((replica) => suite.linesOf(replica, serving).length),
      (counts) => counts.every((n) => n === 2),
    );
    await suite.expectNothingLost(
      await suite.whileWriting(async () => eventually(suite.served, (all) => all.length === 2)),
    );
  });

  it('needs no right to any Secret', async () => {
    const kubeconfig = await suite.cluster().asServiceAccount(operatorNamespace, release);
    for (const verb of ['get', 'list', 'watch', 'create', 'patch']) {
      const asked = suite
        .cluster()
        .kubectl(['auth', 'can-i', verb, 'secrets', '-n', operatorNamespace], { kubeconfig });
      expect((await asked.catch((error: CommandFailed) => error)).stdout.trim(), verb).toBe('no');
    }
  });
});

describeWith(['control plane'], 'a certificate from a stand-in for cert-manager', () => {
  const suite = useReplicas('certificates.mode=cert-manager');

  /** As cainjector does it: an update under its own name. */
  async function inject(ca: string): Promise<void> {
    const body = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: btoa(ca) }];
    const contentType = 'application/json-patch+json';
    for (const kind of ['mutating', 'validating'] as const) {
      const path = configurationPath(kind, release);
      await suite.api().send({ method: 'PATCH', path, query: { fieldManager: 'cainjector' }, contentType, body });
    }
  }

  it('makes replicas ready once cainjector has written the caBundle, which they never write', async () => {
    const ca = await foreignCa('cert-manager');
    await suite.update(await secretOf(ca));
    const replicas = await Promise.all([suite.start(0), suite.start(1)]);
    for (const replica of replicas) {
      await eventually(
        () => suite.readyz(replica).catch(() => 'no answer'),
        (text) => text.includes('cainjector'),
      );
    }
    expect(await suite.bundles()).toEqual(['', '']);
    await inject(ca.certificate);
    for (const replica of replicas)
      await eventually(
        () => suite.readyz(replica),
        (text) => text === 'ok\n',
      );

    await suite.untilBothAreCalled();

    const tally = await suite.whileWriting(async () => {
      await suite.update(await secretOf(ca));
      await eventually(
        async () => replicas.map((replica) => suite.linesOf(replica, serving).length),
        (counts) => counts.every((n) => n === 2),
      );
    });
    await suite.expectNothingLost(tally);

    // Another CA: what is trusted no more is replaced at once, without waiting.
    const next = await foreignCa('next');
    await suite.update(await secretOf(next));
    await inject(next.certificate);
    await eventually(suite.served, (cas) => cas.every((one) => one === 'CN=next'));
    await suite.expectNothingLost(await suite.whileWriting(async () => inject(next.certificate)));

    for (const kind of ['mutating', 'validating'] as const) {
      const { metadata } = await readConfiguration(suite.api(), kind, release);
      expect(metadata.managedFields.map(({ manager }) => manager)).not.toContain('sse-kms-operator');
    }
  });

  it('leaves the operator without the right to write what it does not write', async () => {
    const kubeconfig = await suite.cluster().asServiceAccount(operatorNamespace, release);
    const operator = buildTransport(loadKubeConfig({ kind: 'files', paths: [kubeconfig] }));
    const path = configurationPath('mutating', release);
    const patch = operator.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: {} });
    await expect(patch).rejects.toMatchObject({ status: 403 });
    operator.close();
  });
});
