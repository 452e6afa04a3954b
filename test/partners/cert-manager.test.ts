/**
 * cert-manager itself issues our webhook's certificate and renews it every twenty seconds, the CA too, while clients write
 * without a pause: what docs/certificates.md says of the mode `cert-manager`.
 */
import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { buildKubeletVolume } from '../certificates/kubelet-volume.ts';
import { readBundles, readConfiguration } from '../cluster-client/admission-configurations.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { operatorNamespace, release } from '../product/install.ts';
import { assignment, firstKey, namespace } from '../product/manifests.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { type Deployment, installDeployment } from '../rollout/deployment.ts';
import { findKeyless, startWriters } from '../rollout/writers.ts';
import { describeWith } from '../run/needs.ts';
import { followSecret, startCertManager } from './cert-manager-parts.ts';
import { type Partner, watchSeconds } from './partner.ts';

const seconds = watchSeconds();
/** An hour is the shortest life that cert-manager allows. */
const values = ['mode=cert-manager', 'certManager.duration=1h', 'certManager.renewBefore=59m40s'];
/** Of the two replicas' volumes, as the kubelet's sync period makes it. */
const lags = [0, 5];

describeWith(['control plane', 'partners'], 'cert-manager', () => {
  const cluster = useControlPlane();
  const following: (() => void)[] = [];
  let partners: Partner[] = [];
  let deployment: Deployment;
  let api: Transport;

  beforeAll(async () => {
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster().kubeconfigPath] }));
    partners = await startCertManager(cluster(), api);
    const given = values.map((value) => `certificates.${value}`);
    deployment = await installDeployment(cluster(), { propagation: () => 0, drainSeconds: 0, values: given });
    const items = [namespace('finance'), assignment('finance', ['finance'])];
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    const secret = `/api/v1/namespaces/${operatorNamespace}/secrets/${release}-tls`;
    for (const lag of lags) {
      const volume = await buildKubeletVolume(cluster().folder);
      following.push(followSecret(api, secret, volume, lag));
      await deployment.start({ flags: [`--certificate-folder=${volume.folder}`] });
    }
  }, 180_000);
  afterAll(async () => {
    for (const stop of following) stop();
    await deployment?.stop();
    for (const partner of partners) await partner.stop();
    api?.close();
  });

  const certificates = `/apis/cert-manager.io/v1/namespaces/${operatorNamespace}/certificates`;
  const serials = () => Promise.all(deployment.replicas().map(({ webhookPort }) => servedSerial(webhookPort)));
  const bundles = async () => [
    ...(await readBundles(api, 'mutating', release)),
    ...(await readBundles(api, 'validating', release)),
  ];

  /** What `cmctl renew` writes. */
  async function renew(name: string): Promise<void> {
    const certificate = (await api.send({ path: `${certificates}/${name}` })) as KubernetesObject;
    const message = 'Certificate re-issuance manually triggered';
    const lastTransitionTime = new Date().toISOString();
    certificate.status.conditions.push({
      type: 'Issuing',
      status: 'True',
      reason: 'ManuallyTriggered',
      message,
      lastTransitionTime,
    });
    await api.send({ method: 'PUT', path: `${certificates}/${name}/status`, body: certificate });
  }

  it('makes two replicas ready, whose caBundle its cainjector alone has written', async () => {
    for (const replica of deployment.replicas()) await deployment.untilReady(replica);
    await eventually(
      async () => deployment.balancer.published(),
      (names) => names.length === lags.length,
    );
    expect(new Set(await bundles()).size).toBe(1);
    for (const kind of ['mutating', 'validating'] as const) {
      const { metadata } = await readConfiguration(api, kind, release);
      const managers = metadata.managedFields.map(({ manager }) => manager);
      expect(managers).toContain('cert-manager-cainjector');
      expect(managers).not.toContain('sse-kms-operator');
    }
  }, 90_000);

  it('renews the certificates again and again, the CA once, and no write fails', {
    timeout: (seconds + 120) * 1000,
  }, async () => {
    const served = new Set(await serials());
    const before = (await bundles())[0];
    const writers = startWriters({ api, namespace: 'finance', key: firstKey, clients: 2 });
    const end = Date.now() + seconds * 1000;
    await renew(`${release}-root`);
    while (Date.now() < end) {
      for (const serial of await serials()) served.add(serial);
      await sleep(500);
    }
    await eventually(bundles, ([bundle]) => bundle !== before);
    await writers.stop();
    const { requests, failures, keyless } = writers.tally;
    const { total, keyless: stored } = await findKeyless(api, 'finance', firstKey);
    console.log(`${requests} writes, ${failures.length} failed; ${served.size} certificates served in ${seconds} s`);
    expect(failures).toEqual([]);
    expect(keyless).toEqual([]);
    expect(stored).toEqual([]);
    expect(total).toBeGreaterThan(0);
    // Every twenty seconds, with some patience for a slow machine.
    expect(served.size).toBeGreaterThan(seconds / 40);
  });
});

/** The serial number of the certificate that this port serves now. */
function servedSerial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: 'localhost', port, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.end();
      resolve(new X509Certificate(raw).serialNumber);
    });
    socket.once('error', reject);
  });
}
