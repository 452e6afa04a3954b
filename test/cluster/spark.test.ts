import { beforeAll, expect, it } from 'vitest';
import { assignment, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { type Moto, motoSettings, startMoto } from './moto.ts';
import { patiently } from './patiently.ts';
import { sparkImage } from './spark/image.ts';
import { sparkRights, submit } from './spark/submission.ts';
import { since, tell, useNode } from './use-node.ts';

/** Of a test that submits a job: more than that job has. */
const timeout = 600_000;
const buckets = ['warehouse', 'ledger'] as const;
type Bucket = (typeof buckets)[number];

/** How S3 says that an object is encrypted. */
interface Encryption {
  readonly algorithm: string | null;
  readonly key: string | null;
}

interface StoredObject extends Encryption {
  readonly name: string;
}

/** Where the store is; Spark has it from nowhere else. */
const storeSettings = Object.fromEntries(
  Object.entries(motoSettings).map(([name, value]) => [`spark.hadoop.${name}`, value]),
);

/** Each test goes on where the one before it stopped. */
describeWith(['kubernetes node', 'java'], 'spark-submit in cluster mode, without a core-site.xml', () => {
  const suite = useNode();
  const key = { first: '', rotated: '', another: '' };
  let image: string;
  let moto: Moto;

  beforeAll(async () => {
    const spark = await sparkImage();
    const started = Date.now();
    await suite.node().load(spark);
    image = spark.name;
    tell(`the image of Spark was loaded in ${since(started)} s`);
    await suite.install();
    moto = await startMoto(suite);
    for (const bucket of buckets) {
      await moto.createBucket(bucket);
      // So that what a job has renamed or deleted can be looked at, too.
      await moto.ask(`s3.put_bucket_versioning(Bucket='${bucket}', VersioningConfiguration={'Status': 'Enabled'})`);
    }
    for (const name of Object.keys(key) as (keyof typeof key)[]) key[name] = await moto.createKey(name);
    await suite.apply(namespace('finance'), ...sparkRights('finance'), assign(key.first));
    await suite.apply(namespace('elsewhere'), ...sparkRights('elsewhere'));
  });

  const assign = (arn: string) => assignment('finance', ['finance'], { key: { arn } });

  /** Submits the job, which writes to these buckets. */
  async function run(team: string, name: string, settings: Readonly<Record<string, string>>, to: readonly Bucket[]) {
    const started = Date.now();
    const folders = to.map((bucket) => `s3a://${bucket}/${team}-${name}`);
    const outcome = await submit(suite, image, {
      namespace: team,
      name,
      settings: { ...storeSettings, ...settings },
      folders,
    });
    tell(`${team}: the job ${name} has ${outcome.succeeded ? 'ended well' : 'failed'} after ${since(started)} s`);
    return outcome;
  }

  async function runWell(
    team: string,
    name: string,
    settings: Readonly<Record<string, string>>,
    to: readonly Bucket[],
  ) {
    const outcome = await run(team, name, settings, to);
    if (!outcome.succeeded) throw new Error(`${team}/${name} failed: ${outcome.log}`);
    return outcome;
  }

  /** Every object that the job has ever written to the bucket, renamed and deleted ones among them: HEAD says how each is encrypted. */
  async function writtenBy(team: string, name: string, bucket: Bucket): Promise<StoredObject[]> {
    const at = `Bucket='${bucket}'`;
    const versions = `s3.list_object_versions(${at}, Prefix='${team}-${name}/').get('Versions', [])`;
    const head = `s3.head_object(${at}, Key=v['Key'], VersionId=v['VersionId'])`;
    const object = `{'name': v['Key'], 'algorithm': h.get('ServerSideEncryption'), 'key': h.get('SSEKMSKeyId')}`;
    const objects = await moto.ask<StoredObject[]>(`[${object} for v in ${versions} for h in [${head}]]`);
    const parts = objects.filter((written) => /^[^/]+\/part-\d+$/.test(written.name));
    expect(parts.map((part) => part.name.replace(/^.*\//, ''))).toEqual(['part-00000', 'part-00001']);
    return objects;
  }

  /** That of all of them, which is one. */
  async function encryptionOf(team: string, name: string, bucket: Bucket): Promise<Encryption> {
    const objects = await writtenBy(team, name, bucket);
    const [first, ...others] = new Set(objects.map((object) => JSON.stringify([object.algorithm, object.key])));
    expect(others).toEqual([]);
    const [algorithm, arn] = JSON.parse(first ?? '[]');
    tell(`${team}: HEAD of all ${objects.length} objects of ${name} in ${bucket}: ${algorithm}, ${arn}`);
    return { algorithm, key: arn };
  }

  const withKey = (arn: string): Encryption => ({ algorithm: 'aws:kms', key: arn });

  it('writes with the assigned key from its executors', { timeout }, async () => {
    const outcome = await runWell('finance', 'plain', {}, ['warehouse']);
    expect(await encryptionOf('finance', 'plain', 'warehouse')).toEqual(withKey(key.first));

    expect(outcome.executors.map(({ metadata }) => metadata.name)).toEqual(['plain-exec-1']);
    const body = (part: string) =>
      `s3.get_object(Bucket='warehouse', Key='finance-plain/${part}')['Body'].read().decode()`;
    expect(await moto.ask(`${body('part-00000')} + ${body('part-00001')}`)).toBe(
      '1 by executor 1 in plain-exec-1\n2 by executor 1 in plain-exec-1\n',
    );
  });

  it('has the key from the ConfigMaps that Spark made, and from nowhere else', async () => {
    const configMaps = await suite.list('configmaps', 'finance');
    const files = configMaps.flatMap(({ data }) => Object.keys(data ?? {}));
    expect(files.filter((file) => file.endsWith('.xml'))).toEqual([]);
    const made = configMaps.filter(({ data }) => data?.['spark.properties'] !== undefined);
    // spark-submit makes the first, the driver the second.
    expect(made.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]+-/, '-…-')).sort()).toEqual([
      'spark-drv-…-conf-map',
      'spark-exec-…-conf-map',
    ]);
    for (const { immutable, metadata, data } of made) {
      expect(immutable).toBe(true);
      expect(metadata.ownerReferences).toMatchObject([{ kind: 'Pod', name: 'plain-driver' }]);
      expect(data['spark.properties']).toMatch(/\n# KmsKeyAssignment\/finance\n(?:spark\.hadoop\.fs\.s3a\..*\n)+$/);
    }
    const { spec } = await suite.get('pod', 'plain-driver', 'finance');
    expect(spec.containers[0].args.join(' ')).toContain('--properties-file /opt/spark/conf/spark.properties');
  });

  const s3a = (name: string) => `spark.hadoop.fs.s3a.${name}`;
  const asked = {
    aes256: () => ({ [s3a('encryption.algorithm')]: 'AES256' }),
    'aes256-old-name': () => ({ [s3a('server-side-encryption-algorithm')]: 'AES256' }),
    'another-key': () => ({ [s3a('encryption.algorithm')]: 'SSE-KMS', [s3a('encryption.key')]: key.another }),
    'own-key-of-the-bucket': () => ({
      [s3a('bucket.warehouse.encryption.algorithm')]: 'SSE-KMS',
      [s3a('bucket.warehouse.encryption.key')]: key.another,
    }),
  };

  it.each(Object.keys(asked) as (keyof typeof asked)[])(
    'does so where its user asks for something else: %s',
    { timeout },
    async (name) => {
      await runWell('finance', name, asked[name](), ['warehouse']);
      expect(await encryptionOf('finance', name, 'warehouse')).toEqual(withKey(key.first));
    },
  );

  it('gives its user what it asks for where no assignment applies, so that the tests above show something', {
    timeout,
  }, async () => {
    await runWell('elsewhere', 'asking', { ...asked.aes256(), ...ledgerWithAnother() }, ['warehouse', 'ledger']);
    expect(await encryptionOf('elsewhere', 'asking', 'warehouse')).toEqual({ algorithm: 'AES256', key: null });
    expect(await encryptionOf('elsewhere', 'asking', 'ledger')).toEqual(withKey(key.another));
  });

  const ledgerWithAnother = () => ({
    [s3a('bucket.ledger.encryption.algorithm')]: 'SSE-KMS',
    [s3a('bucket.ledger.encryption.key')]: key.another,
  });

  it('is refused with the webhook’s message where it brings a key of its own for SSE-C, and leaves no driver', {
    timeout,
  }, async () => {
    const customers = {
      [s3a('encryption.algorithm')]: 'SSE-C',
      [s3a('encryption.key')]: Buffer.alloc(32, 7).toString('base64'),
    };
    const outcome = await run('finance', 'sse-c', customers, ['warehouse']);
    expect(outcome.succeeded).toBe(false);
    expect(outcome.log).toContain('admission webhook "mutate.ssekms.io" denied the request: OtherEncryptionInUse');
    const drivers = async () =>
      (await suite.list('pods', 'finance', '--selector', 'job=sse-c,spark-role=driver')).length;
    expect(await patiently(drivers, (count) => count === 0)).toBe(0);
  });

  it('writes with the new key once the key is rotated, and its earlier ConfigMaps are no problem', {
    timeout,
  }, async () => {
    await suite.apply(assign(key.rotated));
    await runWell('finance', 'rotated', {}, ['warehouse']);
    expect(await encryptionOf('finance', 'rotated', 'warehouse')).toEqual(withKey(key.rotated));
    expect(await encryptionOf('finance', 'plain', 'warehouse')).toEqual(withKey(key.first));

    const earlier = 2 * (1 + Object.keys(asked).length);
    const status = async () => (await suite.get('kmskeyassignment', 'finance')).status;
    const { objects, problems, conditions } = await patiently(status, (now) => now.objects?.outdated === earlier);
    expect({ objects, problems }).toMatchObject({ objects: { outdated: earlier }, problems: [] });
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  });
});
