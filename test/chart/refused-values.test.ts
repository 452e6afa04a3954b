/**
 * The values that Helm itself refuses, with an error that names them, and those that it takes.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findBinaries } from '../controlplane/binaries.ts';
import { CommandFailed, runCommand } from '../controlplane/command.ts';
import { oldestKubernetesVersion } from '../controlplane/versions.ts';
import { describeWith } from '../run/needs.ts';
import { chart } from './chart.ts';
import { temporaryFolder } from './temporary-folder.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const badSelector = { webhook: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Is' }] } } };
const goodSelector = {
  matchLabels: { 'kubernetes.io/metadata.name': 'finance' },
  matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }],
};
const podAffinityTerm = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } } };
const affinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] }] }],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 1, preference: { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['a'] }] } },
    ],
  },
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [podAffinityTerm],
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }],
  },
};

const onNodes = (values: object) => ({ hostNetwork: true, webhook: { port: 10_260 }, ...values });
const lifetimes = (caLifetimeSeconds: number, leafLifetimeSeconds: number) => ({
  certificates: { selfManaged: { caLifetimeSeconds, leafLifetimeSeconds } },
});
const certManager = (duration: string, renewBefore: string) => ({
  certificates: { mode: 'cert-manager', certManager: { duration, renewBefore } },
});

describeWith(['control plane'], 'helm', () => {
  const folder = temporaryFolder();
  let helm: string;
  let count = 0;
  beforeAll(() => {
    helm = findBinaries()?.helm ?? '';
  });

  /** What helm said where it refused; undefined where it rendered the chart. */
  async function refusal(values: object): Promise<string | undefined> {
    const file = join(folder(), `values-${count++}.json`);
    await writeFile(file, JSON.stringify(values));
    try {
      await runCommand(helm, ['template', 'release', chart, '--values', file]);
      return undefined;
    } catch (error) {
      if (error instanceof CommandFailed) return error.stderr;
      throw error;
    }
  }

  describe('refuses', () => {
    it.concurrent.each<[string, object, string]>([
      ['an unknown key', { replica: 2 }, "'replica'"],
      ['an unknown key below', { webhook: { failurepolicy: 'Fail' } }, "'failurepolicy'"],
      ['an unknown key of a Kubernetes type', { webhook: { namespaceSelector: { matchLabel: {} } } }, "'matchLabel'"],
      ['a text for a number', { replicas: '2' }, '/replicas'],
      ['a number for a text', { image: { tag: 1.3 } }, '/image/tag'],
      ['a text for a truth', { crd: { enabled: 'false' } }, '/crd/enabled'],
      ['an object for a list', { tolerations: { operator: 'Exists' } }, '/tolerations'],
      ['a list for an object', { nodeSelector: [] }, '/nodeSelector'],
      ['half a replica', { replicas: 1.5 }, '/replicas'],
      ['no replica', { replicas: 0 }, '/replicas'],
      ['another policy', { webhook: { failurePolicy: 'fail' } }, '/webhook/failurePolicy'],
      ['a timeout that no API server takes', { webhook: { timeoutSeconds: 31 } }, '/webhook/timeoutSeconds'],
      ['a port that there isn’t', { webhook: { port: 65_536 } }, '/webhook/port'],
      ['nothing for what has a default', { webhook: { port: null } }, "'port'"],
      ['a repository with a tag', { image: { repository: 'registry.example.com/a:1' } }, '/image/repository'],
      ['no repository', { image: { repository: '' } }, '/image/repository'],
      ['a tag with a digest', { image: { tag: `1@${digest}` } }, '/image/tag'],
      ['a cut digest', { image: { digest: 'sha256:abc' } }, '/image/digest'],
      ['a pull policy', { image: { pullPolicy: 'Sometimes' } }, '/image/pullPolicy'],
      ['a pull secret by its bare name', { imagePullSecrets: ['registry'] }, '/imagePullSecrets/0'],
      ['no file', { files: { core: [] } }, '/files/core'],
      ['a file that no ConfigMap can hold', { files: { core: ["core site.xml'"] } }, '/files/core/0'],
      ['a file twice', { files: { other: ['a.xml', 'a.xml'] } }, '/files/other'],
      ['a name that no object can have', { fullnameOverride: 'SSE_KMS' }, '/fullnameOverride'],
      ['a ServiceAccount of an impossible name', { serviceAccount: { name: 'My Account' } }, '/serviceAccount/name'],
      ['a label that is no label', { podLabels: { team: 'a b' } }, '/podLabels/team'],
      ['a label’s name that is none', { podLabels: { 'a/b/c': 'd' } }, 'a/b/c'],
      ['an annotation that is no text', { podAnnotations: { scrape: true } }, '/podAnnotations/scrape'],
      ['memory in a unit that there isn’t', { resources: { limits: { memory: '512MB' } } }, '/resources/limits/memory'],
      ['a limit beside the limits', { resources: { memory: '512Mi' } }, "'memory'"],
      ['a toleration of an unknown effect', { tolerations: [{ effect: 'NoRun' }] }, '/tolerations/0/effect'],
      ['an affinity of an unknown kind', { affinity: { podAntiaffinity: {} } }, "'podAntiaffinity'"],
      ['an operator that selectors don’t know', badSelector, '/webhook/namespaceSelector/matchExpressions/0/operator'],
      ['a security context of a pod on a container', { securityContext: { fsGroup: 1 } }, "'fsGroup'"],
      ['a level of detail', { logLevel: 'verbose' }, '/logLevel'],
      ['a budget that stops every eviction', { podDisruptionBudget: { maxUnavailable: 0 } }, '/podDisruptionBudget'],
      [
        'a share beyond all',
        { podDisruptionBudget: { maxUnavailable: '101%' } },
        '/podDisruptionBudget/maxUnavailable',
      ],
      ['a spread without a key', { topologySpreadConstraints: [{ maxSkew: 1 }] }, "'topologyKey'"],
      ['a drain without an end', { shutdown: { drainSeconds: 3600 } }, '/shutdown/drainSeconds'],
      ['a family of addresses', { service: { ipFamilies: ['IPv5'] } }, '/service/ipFamilies/0'],
      ['a family twice', { service: { ipFamilies: ['IPv4', 'IPv4'] } }, '/service/ipFamilies'],
      [
        'an address without a range',
        { networkPolicy: { egress: { cidrs: ['10.0.0.1'] } } },
        '/networkPolicy/egress/cidrs/0',
      ],
      [
        'a mask that is too long',
        { networkPolicy: { egress: { cidrs: ['10.0.0.0/33'] } } },
        '/networkPolicy/egress/cidrs/0',
      ],
      ['no port of the API server', { networkPolicy: { egress: { ports: [] } } }, '/networkPolicy/egress/ports'],
      ['one port for calls and probes', { probes: { port: 10_250 } }, 'webhook.port: 10250'],
      ['one port for probes and metrics', { metrics: { port: 8081 } }, 'probes.port: 8081'],
      ['one port for calls and metrics', { webhook: { port: 8080 } }, 'webhook.port: 8080'],
      ['the kubelet’s port for calls', { hostNetwork: true }, 'webhook.port'],
      ['the kubelet’s port for metrics', onNodes({ metrics: { port: 10_250 } }), 'metrics.port'],
      ['the kubelet’s port for probes', onNodes({ probes: { port: 10_250 } }), 'probes.port'],
      ['certificates that outlive their CA', lifetimes(86_400, 86_401), 'leafLifetimeSeconds'],
      ['certificates that live as long as their CA', lifetimes(86_400, 86_400), 'leafLifetimeSeconds'],
      ['a renewal before the beginning', certManager('24h', '720h'), 'certManager.renewBefore'],
      ['a renewal at the beginning', certManager('24h', '23h59m60s'), 'certManager.renewBefore'],
      ['a shorter life than cert-manager gives', certManager('59m', '10m'), 'certManager.duration'],
      ['a later renewal than cert-manager allows', certManager('24h', '299s'), 'certManager.renewBefore'],
      ['a name in capitals', { nameOverride: 'Foo' }, '/nameOverride'],
      ['a name that begins with a hyphen', { nameOverride: '-foo' }, '/nameOverride'],
      ['a name that ends with a dot', { nameOverride: 'foo.' }, '/nameOverride'],
      ['a name that is a dot', { nameOverride: '.' }, '/nameOverride'],
      ['a name that could be cut at a dot', { nameOverride: `${'a'.repeat(62)}.b` }, '/nameOverride'],
      ['a lease of a second', { controller: { leaseSeconds: 1 } }, '/controller/leaseSeconds'],
    ])('%s', async (_, values, name) => {
      expect(await refusal(values)).toContain(name);
    });

    it('a release whose Service could not be called so, unless it has another name', async () => {
      const called = (...args: string[]) =>
        runCommand(helm, ['template', '1st', chart, ...args]).catch((error) => error);
      expect((await called()).stderr).toContain('fullnameOverride');
      expect((await called('--set', 'fullnameOverride=first')).stderr).toBe('');
    });

    it('a cluster that is older than the chart needs', async () => {
      const onVersion = (version: string) =>
        runCommand(helm, ['template', 'release', chart, '--kube-version', version]).catch((error) => error);
      expect((await onVersion('1.29.15')).stderr).toContain('kubeVersion');
      expect((await onVersion(oldestKubernetesVersion)).stderr).toBe('');
      // As managed clusters call it.
      expect((await onVersion('v1.30.0-eks-036c24b')).stderr).toBe('');
    });

    it('everything at once, so that one attempt shows all mistakes', async () => {
      const said = await refusal({ replicas: 0, logLevel: 'loud', image: { tag: 1 } });
      for (const path of ['/replicas', '/logLevel', '/image/tag']) expect(said).toContain(path);
    });
  });

  describe('takes', () => {
    it.concurrent.each<[string, object]>([
      ['nothing at all', {}],
      ['nothing where the default is empty', { image: { tag: null }, nodeSelector: null, tolerations: null }],
      ['no other files', { files: { other: [] } }],
      ['an image by digest of a registry with a port', { image: { repository: 'localhost:5000/a/b-c', digest } }],
      ['whole cores and fractions', { resources: { requests: { cpu: 1 }, limits: { cpu: '1.5', memory: '1Gi' } } }],
      ['a label without a value', { podLabels: { 'example.com/team': '' } }],
      ['networks of both families', { networkPolicy: { egress: { cidrs: ['10.0.0.0/8', 'fd00:10::/64', '::/0'] } } }],
      ['both families', { service: { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6', 'IPv4'] } }],
      ['a budget as a share', { podDisruptionBudget: { maxUnavailable: '34%' } }],
      ['no spread, no class', { topologySpreadConstraints: [], priorityClassName: '' }],
      ['what a parent chart passes on', { global: { anything: [1] }, enabled: true }],
      ['an affinity in full', { affinity }],
      ['every toleration', { tolerations: [{ operator: 'Exists' }] }],
      ['the same port for metrics that nobody serves', { metrics: { enabled: false, port: 8081 } }],
      ['the kubelet’s port for metrics that nobody serves', onNodes({ metrics: { enabled: false, port: 10_250 } })],
      ['the shortest life that cert-manager gives', certManager('1h', '59m59s')],
      ['a short name', { nameOverride: 'k' }],
      ['a selector by labels and expressions', { webhook: { namespaceSelector: goodSelector } }],
    ])('%s', async (_, values) => {
      expect(await refusal(values)).toBeUndefined();
    });
  });
});
