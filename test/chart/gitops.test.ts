/**
 * The claims of docs/tools.md, by the tools' own mechanism: a dry run of server-side apply with the tool's name as field
 * manager, compared with the stored object, which is what `kubectl diff --server-side` does.
 */
import { beforeAll, expect, it } from 'vitest';
import { CommandFailed } from '../controlplane/command.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { chart, configMap, namespace, release } from './chart.ts';

const arn = (key: string) => `arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-${key.repeat(12)}`;
const file =
  '<configuration>\n  <property><name>fs.defaultFS</name><value>s3a://a</value></property>\n</configuration>\n';

function assignment(key: string) {
  const spec = { namespaces: ['finance'], key: { arn: arn(key) } };
  return { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name: 'finance' }, spec };
}

/** What each tool calls itself in managedFields, and how it writes. */
const tools = [
  ['Argo CD with ServerSideApply', 'argocd-controller', ['--server-side', '--force-conflicts']],
  ['Argo CD', 'argocd-controller', []],
  ["Flux's Kustomization", 'kustomize-controller', ['--server-side', '--force-conflicts']],
  ["Flux's HelmRelease", 'helm-controller', ['--server-side', '--force-conflicts']],
] as const;

describeWith(['control plane'], 'GitOps', () => {
  const { cluster, product, apply, get, eventually } = useProduct();

  beforeAll(async () => {
    await cluster().kubectl(['create', 'namespace', 'finance']);
    await apply(assignment('a'));
    await eventually(
      () => apply(configMap('probe', 'finance', { data: { 'core-site.xml': file } }), '--dry-run=server', '-o', 'json'),
      (answer) => answer.includes(arn('a')),
    );
  });

  /** The difference that the tool sees between what is stored and what its manifest would make of it. */
  async function drift(manager: string, manifests: string): Promise<string> {
    const args = ['diff', '--server-side', '--force-conflicts', `--field-manager=${manager}`, '-f', '-'];
    try {
      return (await cluster().kubectl(args, { stdin: manifests })).stdout;
    } catch (error) {
      if (error instanceof CommandFailed && error.code === 1) return error.stdout;
      throw error;
    }
  }

  it.each(tools)(
    '%s sees no drift: after its sync, after a key rotation, and a change of its own alone',
    async (_, manager, args) => {
      const name = `by-${manager}-${args.length}`;
      const manifest = configMap(name, 'finance', { data: { 'core-site.xml': file, other: 'a' } });
      const changed = configMap(name, 'finance', { data: { 'core-site.xml': file, other: 'b' } });
      const stored = async () => (await get('configmap', name, 'finance')).data['core-site.xml'] as string;
      await apply(assignment('a'));
      await eventually(
        async () => {
          await apply(manifest, ...args, `--field-manager=${manager}`);
          return stored();
        },
        (text) => text.includes(arn('a')),
      );
      // A diff that the tool makes by itself, without the API server, shows the key as drift for ever.
      expect(await stored()).not.toBe(file);
      expect(await drift(manager, JSON.stringify(manifest))).toBe('');
      expect(await drift(manager, JSON.stringify(changed))).toMatch(/^\+ {2}other: b$/m);
      expect(await drift(manager, JSON.stringify(changed))).not.toContain('encryption');

      await apply(assignment('b'));
      await eventually(stored, (text) => text.includes(arn('b')));
      expect(await drift(manager, JSON.stringify(manifest))).toBe('');

      const before = await get('configmap', name, 'finance');
      await apply(manifest, ...args, `--field-manager=${manager}`);
      expect((await get('configmap', name, 'finance')).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    },
    60_000,
  );

  it.each(['argocd-controller', 'kustomize-controller', 'helm-controller'])(
    '%s can install the chart, and sees no drift in it: the caBundle is nobody else’s field',
    async (manager) => {
      const args = ['template', release, chart, '--namespace', namespace, '--skip-tests', ...product().values];
      const { stdout } = await cluster().helm(args);
      // In the tests the Service leads to this machine.
      const objects = stdout.split(/^---$/m).filter((object) => !/^kind: Service$/m.test(object));
      const manifests = objects.join('---\n');
      const apply = ['apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`, '-f', '-'];
      for (let sync = 1; sync <= 2; sync++) {
        await cluster().kubectl(apply, { stdin: manifests });
        const { webhooks } = await get('mutatingwebhookconfiguration', release);
        expect(webhooks[0].clientConfig.caBundle).toBeTruthy();
        expect(await drift(manager, manifests)).toBe('');
      }
    },
    60_000,
  );

  it('never prunes or deletes the definition, with which every assignment would go', async () => {
    const { metadata } = await get('crd', 'kmskeyassignments.ssekms.io');
    expect(metadata.annotations).toMatchObject({
      'helm.sh/resource-policy': 'keep',
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
  });
});
