/**
 * From `kubectl apply` to the object: what HEAD says of what S3A of each version writes with the stored files.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HadoopVersion, hadoopVersions } from '../hadoop/jars.ts';
import { toXml } from '../hadoop/wire/configuration.ts';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { openTable } from './table.ts';
import { tellEncryption, useS3a } from './use-s3a.ts';

const keys = {
  'first key': firstKey,
  'second key': otherKey,
  'archive key': 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'aws/s3': 'arn:aws:kms:us-west-2:123456789012:key/8c3faf07-f43c-4d11-abdb-9183079214c7',
} as const;
const context = { team: 'finance', purpose: 'ledger' };
const megabyte = 1024 * 1024;

/** What each version says differently is said once, here. */
const knowsDsse = (version: HadoopVersion): boolean => ['3.4.3', '3.5.0'].includes(version);
const knowsContext = (version: HadoopVersion): boolean => version === '3.5.0';
/** A rename keeps the source's key since the new SDK (docs/rotation.md; test/hadoop/renames.test.ts has every row). */
const renamesWithOwnKey = (version: HadoopVersion): boolean => !knowsDsse(version);

/** AES256 for one bucket, under every name. */
function ownEncryption(bucket: string, key?: string): Record<string, string> {
  const option = (name: string) => `fs.s3a.bucket.${bucket}.${name}`;
  return {
    [option('server-side-encryption-algorithm')]: 'AES256',
    [option('encryption.algorithm')]: 'AES256',
    ...(key !== undefined && { [option('server-side-encryption.key')]: key, [option('encryption.key')]: key }),
  };
}

/** Each test goes on where the one before it stopped. */
describeWith(['control plane', 'java', 'maven', 'pip'], 'S3A writes', () => {
  const suite = useS3a([
    ...[keys['first key'], keys['second key'], keys['archive key']],
    ...['us-west-2/warehouse', 'eu-central-1/ledger-archive', 'us-west-2/partner-drop', 'us-west-2/partner-blank'],
  ]);
  const table = openTable('s3a', ['case', ...hadoopVersions]);
  afterAll(() => table.close());

  let plain: string;
  beforeAll(async () => {
    const { clientProperties, ports } = suite.standIn();
    plain = toXml({
      ...clientProperties,
      'fs.s3a.multipart.size': '5M',
      'fs.s3a.bucket.ledger-archive.endpoint': `https://s3.eu-central-1.amazonaws.com:${ports.https}`,
      'fs.s3a.bucket.ledger-archive.endpoint.region': 'eu-central-1',
      ...ownEncryption('partner-drop'),
      ...ownEncryption('partner-blank', ' '),
    });
    const archive = { name: 'ledger-archive', key: { arn: keys['archive key'] } };
    const partners = ['partner-drop', 'partner-blank'].map((name) => ({ name, unmanaged: true }));
    await suite.apply([
      ...['finance', 'elsewhere', 'shared', 'sealed', 'regional', 'told'].map((name) => namespace(name)),
      assignment('finance', ['finance']),
      assignment('shared', ['shared'], { key: { accountDefault: true } }),
      assignment('sealed', ['sealed'], { algorithm: 'DSSE-KMS' }),
      assignment('regional', ['regional'], { buckets: [archive, ...partners] }),
      assignment('told', ['told'], { encryptionContext: context }),
    ]);
    for (const team of ['finance', 'elsewhere', 'shared', 'sealed', 'regional', 'told']) {
      await suite.eventually(
        () => suite.apply(configMap(team, 'hadoop', plain)).then(() => suite.get('configmap', 'hadoop', team)),
        ({ data }) => team === 'elsewhere' || data['core-site.xml'].includes('KmsKeyAssignment/'),
      );
    }
  });

  const head = async (bucket: string, name: string) => tellEncryption(await suite.standIn().head(bucket, name), keys);

  /** What each version writes to the bucket with the team's stored file; the exception's name and S3's code where it can't. */
  async function writeWith(team: string, title: string, bucket = 'warehouse', size = 1) {
    const files = await suite.filesOf(team, 'hadoop');
    const seen: Record<string, string> = {};
    for (const version of hadoopVersions) {
      const name = `${title.replaceAll(' ', '-')}-${version}`;
      const said = await suite.write(version, files, bucket, name, size);
      seen[version] = said === 'ok' ? await head(bucket, name) : `${tellFailure(said)}; ${await head(bucket, name)}`;
    }
    table.add(title, seen);
    return seen;
  }

  const each = (told: (version: HadoopVersion) => string) =>
    Object.fromEntries(hadoopVersions.map((version) => [version, told(version)]));

  it('with the assigned key, where the file says nothing of encryption', async () => {
    expect(await writeWith('finance', 'nothing said')).toEqual(each(() => 'aws:kms, first key'));
  });

  it('as S3 does by itself where no assignment applies, so that the others show something', async () => {
    expect(await writeWith('elsewhere', 'no assignment')).toEqual(each(() => 'AES256'));
  });

  it('with the assigned key in parts of a large object', async () => {
    const seen = await writeWith('finance', 'in parts', 'warehouse', 11 * megabyte);
    expect(seen).toEqual(each(() => 'aws:kms, first key'));
  });

  it('with the account’s default key, and names none', async () => {
    suite.standIn().takeSent();
    expect(await writeWith('shared', 'account default')).toEqual(each(() => 'aws:kms, aws/s3'));
    const names = suite
      .standIn()
      .takeSent()
      .flatMap(({ sent }) => Object.keys(sent));
    expect(new Set(names)).toEqual(new Set(['x-amz-server-side-encryption']));
  });

  it('with DSSE-KMS where it knows that, and else nothing at all', async () => {
    const seen = await writeWith('sealed', 'DSSE-KMS');
    for (const version of hadoopVersions) {
      if (knowsDsse(version)) expect(seen[version], version).toBe('aws:kms:dsse, first key');
      else expect(seen[version], version).toMatch(/; nothing stored$/);
    }
  });

  it('with the key of each bucket, in the bucket’s Region', async () => {
    expect(await writeWith('regional', 'the other bucket')).toEqual(each(() => 'aws:kms, first key'));
    const archived = await writeWith('regional', 'a bucket with its own key, other Region', 'ledger-archive');
    expect(archived).toEqual(each(() => 'aws:kms, archive key'));
  });

  it('as the workload says for an unmanaged bucket, which needs a blank key beside AES256', async () => {
    const blank = await writeWith('regional', 'unmanaged bucket with AES256 and a blank key', 'partner-blank');
    expect(blank).toEqual(each(() => 'AES256'));
    // S3A takes the key of all buckets, and refuses AES256 with a key.
    const alone = await writeWith('regional', 'unmanaged bucket with AES256 alone', 'partner-drop');
    expect(alone).toEqual(each(() => 'IOException; nothing stored'));
  });

  it('nothing to a bucket of another Region than its key’s', async () => {
    const seen = await writeWith('finance', 'a key of another Region', 'ledger-archive');
    expect(seen).toEqual(each(() => 'KMS.NotFoundException; nothing stored'));
  });

  it('the encryption context where it knows that', async () => {
    suite.standIn().takeSent();
    expect(await writeWith('told', 'encryption context')).toEqual(each(() => 'aws:kms, first key'));
    const contexts: Record<string, unknown> = {};
    for (const { path, sent } of suite.standIn().takeSent()) {
      const encoded = sent['x-amz-server-side-encryption-context'];
      const version = path.replace(/^.*-/, '');
      contexts[version] = encoded === undefined ? 'none' : JSON.parse(Buffer.from(encoded, 'base64').toString());
    }
    expect(contexts).toEqual(
      Object.fromEntries(hadoopVersions.map((version) => [version, knowsContext(version) ? context : 'none'])),
    );
    table.add(
      '… sent with it',
      each((version) => (knowsContext(version) ? 'the context' : 'no context')),
    );
  });

  it('nothing with a disabled key, and reads nothing either', async () => {
    const files = await suite.filesOf('finance', 'hadoop');
    await suite.standIn().kms('DisableKey', firstKey);
    const written = await writeWith('finance', 'disabled key');
    const read: Record<string, string> = {};
    for (const version of hadoopVersions) {
      const said = await suite.read(version, files, 'warehouse', `nothing-said-${version}`);
      read[version] = said.includes(`${firstKey} is disabled`) ? 'refused, key disabled' : said;
    }
    await suite.standIn().kms('EnableKey', firstKey);
    table.add('… reading an object', read);
    expect(written).toEqual(each(() => 'KMS.DisabledException; nothing stored'));
    expect(read).toEqual(each(() => 'refused, key disabled'));
  });

  it('with the new key after a rotation; old objects stay readable, and a rename does what rotation.md says', async () => {
    await suite.apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
    await suite.eventually(
      () => suite.get('configmap', 'hadoop', 'finance'),
      ({ data }) => data['core-site.xml'].includes(otherKey),
    );
    expect(await writeWith('finance', 'after a rotation')).toEqual(each(() => 'aws:kms, second key'));

    const files = await suite.filesOf('finance', 'hadoop');
    const [old, renamed]: Record<string, string>[] = [{}, {}];
    for (const version of hadoopVersions) {
      const name = `nothing-said-${version}`;
      expect(await suite.read(version, files, 'warehouse', name), version).toBe('ok');
      Object.assign(old as object, { [version]: `readable, ${await head('warehouse', name)}` });
      expect(await suite.rename(version, files, 'warehouse', name, `renamed-${version}`), version).toBe('ok');
      Object.assign(renamed as object, { [version]: await head('warehouse', `renamed-${version}`) });
    }
    table.add('… an old object', old as Record<string, string>);
    table.add('… an old object, renamed', renamed as Record<string, string>);
    expect(old).toEqual(each(() => 'readable, aws:kms, first key'));
    expect(renamed).toEqual(each((version) => `aws:kms, ${renamesWithOwnKey(version) ? 'second key' : 'first key'}`));
  });

  it('with the key that stands in the file after the assignment is deleted, until the manifest is applied again', async () => {
    await suite.cluster().kubectl(['delete', 'kmskeyassignment', 'finance']);
    expect(await writeWith('finance', 'assignment deleted')).toEqual(each(() => 'aws:kms, second key'));
    await suite.eventually(
      () => suite.apply(configMap('finance', 'hadoop', plain)).then(() => suite.get('configmap', 'hadoop', 'finance')),
      ({ data }) => data['core-site.xml'] === plain,
    );
    expect(await writeWith('finance', '… and the manifest applied again')).toEqual(each(() => 'AES256'));
  });
});

/** S3's code where it is among the exceptions, and else the outermost one's class. */
function tellFailure(said: string): string {
  return /KMS\.\w+/.exec(said)?.[0] ?? said.replace(/:.*/s, '');
}
