/**
 * Hadoop files in Secrets, where the chart's option covers them: the chart, a real API server, the operator's process.
 */
import { beforeAll, expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const encrypted = { algorithm: 'SSE-KMS', key: firstKey };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (encoded: string) => Buffer.from(encoded, 'base64').toString();
/** A value that has no business anywhere but in its Secret; it stands where messages about ConfigMaps quote. */
const hidden = 'hunter2';
const property = (name: string, value: string) => `<property><name>${name}</name><value>${value}</value></property>`;
const withPassword = plainFile.replace(
  '</configuration>',
  `  ${property('fs.s3a.secret.key', hidden)}\n</configuration>`,
);

function secret(inNamespace: string, name: string, file: string = withPassword, rest: object = {}) {
  const metadata = { name, namespace: inNamespace };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: { 'core-site.xml': base64(file) }, ...rest };
}

describeWith(['control plane'], 'Secrets', () => {
  const suite = useProduct('secrets.enabled=true', 'logLevel=debug', 'files.byContent=true');
  const { apply, applyRefused, get } = suite;
  const stored = async (name: string, inNamespace = 'finance') => {
    const { data } = await get('secret', name, inNamespace);
    return text(data['core-site.xml']);
  };
  const kubectl = (...args: string[]) => suite.cluster().kubectl(args);

  beforeAll(async () => {
    await apply([namespace('finance'), namespace('late'), assignment('finance', ['finance'])]);
    await eventually(
      async () => {
        await apply(secret('finance', 'probe'));
        return effectiveEncryption(await stored('probe'));
      },
      ({ key }) => key === firstKey,
    );
  }, 60_000);

  it('get the key at their creation, whatever their type, from data and stringData, and keep everything else', async () => {
    await apply(secret('finance', 'one', withPassword, { type: 'example.com/hadoop' }));
    expect(effectiveEncryption(await stored('one'))).toEqual(encrypted);
    expect(await stored('one')).toContain(hidden);

    const other = { data: { token: base64(hidden) }, stringData: { 'core-site.xml': withPassword } };
    await apply(secret('finance', 'in-clear', '', other));
    expect(effectiveEncryption(await stored('in-clear'))).toEqual(encrypted);
    expect((await get('secret', 'in-clear', 'finance')).data.token).toBe(base64(hidden));

    await apply(secret('finance', 'release', withPassword, { type: 'helm.sh/release.v1' }));
    expect(effectiveEncryption(await stored('release'))).toEqual(encrypted);
  });

  it('keep their owner: applied again, nothing conflicts and nothing changes', async () => {
    const manifest = secret('finance', 'owned');
    await apply(manifest, '--server-side', '--field-manager', 'team');
    const first = await get('secret', 'owned', 'finance');
    await apply(manifest, '--server-side', '--field-manager', 'team');
    const again = await get('secret', 'owned', 'finance');
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const owners = first.metadata.managedFields.filter((entry: { fieldsV1: object }) => 'f:data' in entry.fieldsV1);
    expect(owners.map(({ manager }: { manager: string }) => manager)).toEqual(['team']);
  });

  it('that are immutable get the key at their creation, and can be labelled afterwards', async () => {
    await apply(secret('finance', 'frozen', withPassword, { immutable: true }));
    expect(effectiveEncryption(await stored('frozen'))).toEqual(encrypted);
    await kubectl('label', 'secret', 'frozen', 'team=a', '--namespace', 'finance');
  });

  it.each<[string, string, string]>([
    ['Malformed', `<configuration>\n<${hidden}></configuration>`, '2'],
    [
      'OtherEncryptionInUse',
      `<configuration>${property(`fs.s3a.bucket.${hidden}.encryption.algorithm`, 'SSE-C')}</configuration>`,
      '1',
    ],
  ])('are denied with reason and place, and none of their text: %s', async (reason, file, line) => {
    const said = await applyRefused(secret('finance', 'refused', file));
    expect(said).toContain(reason);
    expect(said).toMatch(new RegExp(`line ${line}, column \\d+ within core-site\\.xml`));
    expect(said).not.toContain(hidden);
    expect(await applyRefused(configMap('finance', 'refused', file))).toContain(hidden);
  });

  it('are warned of without their text', async () => {
    const file = `<configuration>${property(`fs.s3a.bucket.${hidden}.encryption.key`, 'mine')}</configuration>`;
    const said = await apply(secret('finance', 'warned', file));
    expect(said).toMatch(/Warning: Overridden: line 1, .*core-site\.xml/);
    expect(said).not.toContain(hidden);
  });

  it('that were there before are repaired, counted and reported without their text', async () => {
    await apply([
      secret('late', 'plain'),
      secret('late', 'broken', `<configuration>\n<${hidden}></configuration>`),
      secret('late', 'frozen', withPassword, { immutable: true }),
      secret('late', 'other', '', { data: { x: base64('y') } }),
      configMap('late', 'plain'),
    ]);
    await apply(assignment('late', ['late']));
    const { status } = await eventually(
      () => get('kka', 'late'),
      (it) => it.status?.objects?.total === 4 && it.status.objects.pending === 0,
    );
    expect(status).toMatchObject({
      objects: { total: 4, compliant: 2, refused: 1, immutable: 1 },
      summary: '2/4',
      problems: [
        { kind: 'Secret', name: 'broken', dataKey: 'core-site.xml', reason: 'Malformed' },
        { kind: 'Secret', name: 'frozen', dataKey: 'core-site.xml', reason: 'Immutable' },
      ],
    });
    expect(effectiveEncryption(await stored('plain', 'late'))).toEqual(encrypted);
    expect(effectiveEncryption(await stored('frozen', 'late')).key).toBeUndefined();
    const events = await eventually(
      () => suite.list('events.events.k8s.io', 'late'),
      (all) => all.filter(({ regarding }) => regarding.kind === 'Secret').length >= 2,
    );
    expect(JSON.stringify([status, events])).not.toContain(hidden);
  });

  it('follow a key rotation, and a removed key is set again', async () => {
    await apply(assignment('late', ['late'], { key: { arn: otherKey } }));
    await eventually(
      async () => effectiveEncryption(await stored('plain', 'late')),
      ({ key }) => key === otherKey,
    );
    const patch = JSON.stringify({ stringData: { 'core-site.xml': withPassword } });
    await kubectl('patch', 'secret', 'plain', '--namespace', 'late', '--type=merge', '--patch', patch);
    expect(effectiveEncryption(await stored('plain', 'late')).key).toBe(otherKey);
  });

  it('are left alone in the namespace of the operator and in kube-system', async () => {
    await apply(assignment('system', ['kube-system', 'sse-kms-system']));
    for (const name of ['kube-system', 'sse-kms-system']) {
      await apply(secret(name, 'probe'));
      expect(await stored('probe', name)).toBe(withPassword);
    }
    await kubectl('delete', 'kka', 'system');
  });

  it('under another data key are taken under Strict', async () => {
    await apply([namespace('strict'), assignment('strict', ['strict'], { enforcement: 'Strict' })]);
    await apply(secret('strict', 'renamed', '', { data: { 'my.conf': base64(withPassword), cert: base64(hidden) } }));
    const { data } = await get('secret', 'renamed', 'strict');
    expect(effectiveEncryption(text(data['my.conf']))).toEqual(encrypted);
    expect(data.cert).toBe(base64(hidden));
  });

  it('have left nothing of their text in the log', () => {
    const log = suite.product().operator().log();
    expect(log).toContain('readmitted');
    for (const trace of [hidden, base64(hidden).slice(0, 9), base64(withPassword).slice(0, 40)]) {
      expect(log).not.toContain(trace);
    }
  });
});
