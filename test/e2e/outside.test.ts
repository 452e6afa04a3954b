/**
 * Ways past the key that need more than the file: a credential store, an included file, a class of one's own, `-D`. What they refer to is there, so
 * that S3A takes another key. This is what Strict is for, and the bucket policy.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureJars, hadoopVersions, run } from '../hadoop/jars.ts';
import { toXml } from '../hadoop/wire/configuration.ts';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { applyAssignments } from './apply-assignment.ts';
import { openTable } from './table.ts';
import { tellEncryption, useS3a } from './use-s3a.ts';

const bucket = 'warehouse';
const keys = { 'assigned key': firstKey, 'another key': otherKey };
const names = ['fs.s3a.server-side-encryption.key', 'fs.s3a.encryption.key'];

describeWith(['control plane', 'java', 'maven', 'pip'], 'what stands outside the file', () => {
  const suite = useS3a([firstKey, otherKey, `us-west-2/${bucket}`]);
  const table = openTable('outside', ['way', ...hadoopVersions, 'Strict']);
  afterAll(() => table.close());
  const at = (name: string) => join(suite.standIn().folder, name);

  beforeAll(async () => {
    const jars = join(await ensureJars('3.5.0'), '*');
    for (const name of names) {
      const words = ['create', name, '-value', otherKey, '-provider', `jceks://file${at('keys.jceks')}`];
      await run('java', ['-cp', jars, 'org.apache.hadoop.security.alias.CredentialShell', ...words]);
    }
    const ofBucket = (name: string) => name.replace('fs.s3a.', `fs.s3a.bucket.${bucket}.`);
    await writeFile(at('included.xml'), toXml(Object.fromEntries(names.map((name) => [ofBucket(name), otherKey]))));
    const manifests = [
      ...[namespace('enforced'), assignment('enforced', ['enforced'])],
      ...[namespace('strict'), assignment('strict', ['strict'], { enforcement: 'Strict' })],
    ];
    await applyAssignments(suite, manifests, ['enforced', 'strict']);
  }, 300_000);

  const include = () =>
    `<include xmlns="http://www.w3.org/2001/XInclude" href="${at('included.xml')}"/></configuration>`;
  it.each([
    {
      title: '5, a credential store',
      add: { 'hadoop.security.credential.provider.path': () => `jceks://file${at('keys.jceks')}` },
    },
    { title: '7, an included file', edit: (text: string) => text.replace('</configuration>', include) },
    { title: '16, a class of one’s own', add: { 'fs.s3a.impl': () => 'OtherKey', 'other.key': () => otherKey } },
    { title: '`-D`, or a setting in code', options: names.map((name) => `-D${name}=${otherKey}`) },
  ])(
    'leads to another key under Enforce, and is denied under Strict where the file shows it: $title',
    { timeout: 120_000 },
    async ({ title, add = {}, edit = (text: string) => text, options = [] }) => {
      const added = Object.entries(add).map(([name, value]) => [name, value()]);
      const file = edit(toXml({ ...suite.standIn().clientProperties, ...Object.fromEntries(added) }));
      const inFile = options.length === 0;
      const name = title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');

      const said = await suite.apply(configMap('enforced', name, file));
      if (inFile) expect(said).toContain('Warning');
      else expect(said).not.toContain('Warning');
      const files = [...(await suite.filesOf('enforced', name)), ...options];
      const seen: Record<string, string> = {};
      for (const version of hadoopVersions) {
        expect(await suite.write(version, files, bucket, `${name}-${version}`), version).toBe('ok');
        seen[version] = tellEncryption(await suite.standIn().head(bucket, `${name}-${version}`), keys);
      }
      if (inFile) expect(await suite.applyRefused(configMap('strict', name, file))).toContain('NotProvable');
      else await suite.apply(configMap('strict', name, file));
      table.add(title, { ...seen, Strict: inFile ? 'denied' : 'stored' });
      expect(seen).toEqual(Object.fromEntries(hadoopVersions.map((version) => [version, 'aws:kms, another key'])));
    },
  );
});
