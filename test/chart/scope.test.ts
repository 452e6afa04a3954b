/**
 * What the webhook configurations reach, shown by a webhook that is down while the failurePolicy is Fail.
 */
import { beforeAll, expect, it, vi } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { apply, configMap, install, namespace, redirectService, refusal, set, upgrade } from './chart.ts';

const file = { data: { 'core-site.xml': '<configuration/>' } };
const base64 = Buffer.from('<configuration/>').toString('base64');

describeWith(['control plane'], 'while no operator answers', () => {
  const cluster = useControlPlane();

  /** Whether a ConfigMap can be written, as a dry run of the real request. */
  async function write(manifest: object, ...args: string[]): Promise<'written' | 'stopped'> {
    const said = await refusal(apply(cluster(), manifest, '--dry-run=server', ...args));
    if (said !== undefined) expect(said).toContain('failed calling webhook');
    return said === undefined ? 'written' : 'stopped';
  }

  /** Waits until the API server knows of what was changed. */
  async function become(manifest: object, expected: 'written' | 'stopped'): Promise<void> {
    await vi.waitFor(async () => expect(await write(manifest)).toBe(expected), { timeout: 10_000 });
  }

  beforeAll(async () => {
    for (const name of ['finance', 'other']) await cluster().kubectl(['create', 'namespace', name]);
    await cluster().kubectl(['label', 'namespace', 'finance', 'team=finance']);
    await cluster().kubectl(['create', 'namespace', namespace]);
    await apply(cluster(), configMap('stored', 'finance', { data: { ...file.data, x: 'y' } }), '--server-side');
    await apply(cluster(), configMap('fixed', 'finance', { ...file, immutable: true }));
    const held = configMap('held', 'finance', file);
    await apply(cluster(), { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
    // Port 1 of this machine is as good as an operator that is away.
    await install(cluster(), ...set('webhook.servicePort=1', 'files.other={hdfs-site.xml,my.site_xml}'));
    await redirectService(cluster());
    await become(configMap('probe', 'other', file), 'stopped');
  }, 60_000);

  it.each<[string, object]>([
    ['a ConfigMap with other keys', { data: { x: 'y' } }],
    ['an empty ConfigMap', {}],
    ['a ConfigMap with binary data', { binaryData: { x: base64 } }],
    ["a file's name as a value", { data: { x: 'core-site.xml' } }],
    ['a Hadoop file that is not in the list', { data: { 'mapred-site.xml': '' } }],
  ])('%s can be written', async (_, content) => {
    expect(await write(configMap('a', 'finance', content))).toBe('written');
  });

  it.each<[string, object]>([
    ['in data', file],
    ['in binaryData', { binaryData: { 'core-site.xml': base64 } }],
    ['among others', { data: { x: 'y', 'my.site_xml': '' }, binaryData: { z: base64 } }],
  ])('a ConfigMap with a Hadoop file %s can not be written', async (_, content) => {
    expect(await write(configMap('a', 'finance', content))).toBe('stopped');
  });

  it('neither can one whose name is yet to be made', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'a-', namespace: 'other' },
      ...file,
    };
    const attempt = cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(manifest) });
    expect(await refusal(attempt)).toContain('failed calling webhook');
  });

  it.each(['kube-system', namespace])('anything can be written in %s', async (name) => {
    expect(await write(configMap('a', name, file))).toBe('written');
  });

  it('a stored Hadoop file can not be edited, but taken out and deleted', async () => {
    const edit = (patch: object) =>
      refusal(
        cluster().kubectl(['patch', 'cm', 'stored', '-n', 'finance', '--type=merge', '-p', JSON.stringify(patch)]),
      );
    expect(await edit({ data: { 'core-site.xml': '' } })).toContain('failed calling webhook');
    expect(await edit({ metadata: { labels: { a: 'b' } } })).toContain('failed calling webhook');
    expect(await edit({ data: { 'core-site.xml': null } })).toBeUndefined();
    expect(await refusal(cluster().kubectl(['delete', 'cm', 'stored', '-n', 'finance']))).toBeUndefined();
  });

  it('the label of an immutable ConfigMap can be edited', async () => {
    const label = cluster().kubectl(['label', 'cm', 'fixed', '-n', 'finance', 'a=b']);
    expect(await refusal(label)).toBeUndefined();
  });

  it('an object that is being deleted can lose its finalizer', async () => {
    await cluster().kubectl(['delete', 'cm', 'held', '-n', 'finance', '--wait=false']);
    const patch = JSON.stringify({ metadata: { finalizers: null } });
    const release = cluster().kubectl(['patch', 'cm', 'held', '-n', 'finance', '--type=merge', '-p', patch]);
    expect(await refusal(release)).toBeUndefined();
    expect(await refusal(cluster().kubectl(['get', 'cm', 'held', '-n', 'finance']))).toContain('NotFound');
  });

  it("only namespaces of the user's selector are reached", async () => {
    const selector = 'webhook.namespaceSelector';
    await upgrade(
      cluster(),
      ...set('webhook.servicePort=1', `${selector}.matchLabels.team=finance`),
      ...set(`${selector}.matchExpressions[0].key=exempt`, `${selector}.matchExpressions[0].operator=DoesNotExist`),
    );
    await become(configMap('a', 'other', file), 'written');
    expect(await write(configMap('a', 'finance', file))).toBe('stopped');
    await cluster().kubectl(['label', 'namespace', 'finance', 'exempt=yes']);
    await become(configMap('a', 'finance', file), 'written');
    await cluster().kubectl(['label', 'namespace', 'kube-system', 'team=finance']);
    expect(await write(configMap('a', 'kube-system', file))).toBe('written');
  }, 30_000);
});
