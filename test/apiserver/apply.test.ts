import { expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const encrypted = { algorithm: 'SSE-KMS', key: firstKey };

describeWith(['control plane'], 'kubectl apply in an assigned namespace', () => {
  const { cluster, apply, applyRefused, get } = useProduct();
  const stored = async (name: string) => (await get('configmap', name, 'finance')).data['core-site.xml'];

  it('stores a plain core-site.xml with the key, and every other character as it was', async () => {
    await apply([namespace('finance'), assignment('finance', ['finance'])]);
    const said = await apply(configMap('finance', 'seed'));
    expect(said).not.toContain('Warning');
    const file = await stored('seed');
    expect(effectiveEncryption(file)).toEqual(encrypted);
    const [before = '', after = ''] = plainFile.split('<configuration>');
    expect(file.startsWith(`${before}<configuration>`)).toBe(true);
    expect(file.endsWith(after)).toBe(true);
  });

  it('leaves kubectl diff empty, and applying the same again changes nothing, server-side without a conflict', async () => {
    const manifest = configMap('finance', 'both-ways');
    const stdin = JSON.stringify(manifest);
    await apply(manifest, '--server-side', '--field-manager', 'team');
    const first = await get('configmap', 'both-ways', 'finance');
    expect(effectiveEncryption(first.data['core-site.xml'])).toEqual(encrypted);
    await apply(manifest, '--server-side', '--field-manager', 'team');
    const again = await get('configmap', 'both-ways', 'finance');
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    // kubectl diff ends with 1 where something differs, which would reject
    await cluster().kubectl(['diff', '--server-side', '--field-manager', 'team', '--filename', '-'], { stdin });

    const other = configMap('finance', 'client-side');
    await apply(other);
    await cluster().kubectl(['diff', '--filename', '-'], { stdin: JSON.stringify(other) });
    const before = await get('configmap', 'client-side', 'finance');
    await apply(other);
    const after = await get('configmap', 'client-side', 'finance');
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('asks for --force-conflicts once where a client-side manifest is applied server-side, as after any mutating webhook', async () => {
    const manifest = configMap('finance', 'switching');
    await apply(manifest);
    expect(await applyRefused(manifest, '--server-side')).toMatch(/conflict with "kubectl-client-side-apply"/);
    await apply(manifest, '--server-side', '--force-conflicts');
    await apply(manifest, '--server-side');
    expect(effectiveEncryption(await stored('switching'))).toEqual(encrypted);
  });

  it('keeps the writer as the only owner of data', async () => {
    const { metadata } = await get('configmap', 'both-ways', 'finance');
    const owners = metadata.managedFields.filter((entry: { fieldsV1: object }) => 'f:data' in entry.fieldsV1);
    expect(owners.map((entry: { manager: string }) => entry.manager)).toEqual(['team']);
  });

  it('warns of what it overrides, with its line', async () => {
    const own = '<property><name>fs.s3a.encryption.key</name><value>mine</value><final>true</final></property>';
    const said = await apply(configMap('finance', 'own-key', `<configuration>\n  ${own}\n</configuration>\n`));
    expect(said).toMatch(/Warning: Overridden: line 2, .*core-site\.xml: .*fs\.s3a\.encryption\.key was removed/);
    expect(effectiveEncryption(await stored('own-key'))).toEqual(encrypted);
  });

  it('does the same for binaryData, generateName and a dry run that stores nothing', async () => {
    const binary = { data: undefined, binaryData: { 'core-site.xml': Buffer.from(plainFile).toString('base64') } };
    await apply(configMap('finance', 'binary', plainFile, binary));
    const { binaryData } = await get('configmap', 'binary', 'finance');
    expect(effectiveEncryption(Buffer.from(binaryData['core-site.xml'], 'base64').toString())).toEqual(encrypted);

    const generated = { ...configMap('finance', ''), metadata: { generateName: 'generated-', namespace: 'finance' } };
    const { stdout } = await cluster().kubectl(['create', '--filename', '-', '--output', 'json'], {
      stdin: JSON.stringify(generated),
    });
    expect(effectiveEncryption(JSON.parse(stdout).data['core-site.xml'])).toEqual(encrypted);

    const dry = await cluster().kubectl(['create', '--filename', '-', '--dry-run=server', '--output', 'json'], {
      stdin: JSON.stringify(configMap('finance', 'dry')),
    });
    expect(effectiveEncryption(JSON.parse(dry.stdout).data['core-site.xml'])).toEqual(encrypted);
    await expect(get('configmap', 'dry', 'finance')).rejects.toThrow(/NotFound/);
  });

  it('injects an immutable ConfigMap at its creation, and lets its labels be changed later', async () => {
    await apply(configMap('finance', 'frozen', plainFile, { immutable: true }));
    expect(effectiveEncryption(await stored('frozen'))).toEqual(encrypted);
    await apply([assignment('finance', ['finance'], { key: { arn: otherKey } })]);
    await cluster().kubectl(['label', 'configmap', 'frozen', 'team=a', '--namespace', 'finance']);
    expect(effectiveEncryption(await stored('frozen'))).toEqual(encrypted);
    await apply([assignment('finance', ['finance'])]);
  });

  it('lets the last finalizer of a deleted ConfigMap go, and nobody take the key out of it before', async () => {
    const metadata = { name: 'leaving', namespace: 'finance', finalizers: ['test/hold'] };
    await apply(configMap('finance', 'leaving', plainFile, { metadata }));
    await cluster().kubectl(['delete', 'configmap', 'leaving', '--namespace', 'finance', '--wait=false']);
    const patch = (body: object) =>
      cluster().kubectl([
        ...['patch', 'configmap', 'leaving', '--namespace', 'finance', '--type', 'merge'],
        ...['--patch', JSON.stringify(body)],
      ]);
    await patch({ data: { 'core-site.xml': plainFile } });
    expect(effectiveEncryption(await stored('leaving'))).toEqual(encrypted);
    await expect(patch({ data: { 'core-site.xml': '<configuration' } })).rejects.toThrow(/Malformed/);
    await patch({ metadata: { finalizers: null } });
    await expect(get('configmap', 'leaving', 'finance')).rejects.toThrow(/NotFound/);
  });

  it('gives buckets their own keys, leaves unmanaged ones alone, and sets the account default as no key', async () => {
    const spec = {
      key: { accountDefault: true },
      buckets: [
        { name: 'ledger', key: { arn: otherKey } },
        { name: 'partner', unmanaged: true },
      ],
    };
    await apply([namespace('buckets'), assignment('buckets', ['buckets'], spec)]);
    const partner = '<property><name>fs.s3a.bucket.partner.encryption.algorithm</name><value>SSE-C</value></property>';
    await apply(configMap('buckets', 'one', `<configuration>\n${partner}\n</configuration>`));
    const file = (await get('configmap', 'one', 'buckets')).data['core-site.xml'];
    expect(effectiveEncryption(file)).toEqual({ algorithm: 'SSE-KMS', key: ' ' });
    expect(file).toContain(`<name>fs.s3a.bucket.ledger.encryption.key</name>\n  <value>${otherKey}</value>`);
    expect(file).toContain(partner);
  });

  it('changes nothing under Audit, but says what it would do', async () => {
    await apply([namespace('audited'), assignment('audited', ['audited'], { enforcement: 'Audit' })]);
    const said = await apply(configMap('audited', 'one'));
    expect(said).toMatch(/Warning: .*Audit/);
    expect((await get('configmap', 'one', 'audited')).data['core-site.xml']).toBe(plainFile);
    expect(await apply(configMap('audited', 'broken', '<configuration'))).toMatch(/Warning: .*Malformed/);
  });

  it('touches neither unassigned namespaces nor ConfigMaps without a Hadoop file', async () => {
    await apply([namespace('free'), configMap('free', 'one')]);
    expect((await get('configmap', 'one', 'free')).data['core-site.xml']).toBe(plainFile);
    await apply(configMap('finance', 'plain', '', { data: { x: 'y' } }));
    expect((await get('configmap', 'plain', 'finance')).data).toEqual({ x: 'y' });
  });

  it('knows a namespace that was created with its ConfigMap in one request', async () => {
    await apply([assignment('default-for-team', ['together'], {})]);
    await apply([namespace('together'), configMap('together', 'one')]);
    expect(effectiveEncryption((await get('configmap', 'one', 'together')).data['core-site.xml'])).toEqual(encrypted);
  });
});
