import { beforeAll, expect, it } from 'vitest';
import { assignment, configMap, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { deployment, pod, service } from './manifests.ts';
import { patiently } from './patiently.ts';
import { outputOf, since, tell, useNode } from './use-node.ts';
import { hadoopImage, motoImage } from './workload-images.ts';

const address = '10.96.0.50';
const port = 5000;
const bucket = 'warehouse';

/** As a data engineer writes it, who knows nothing of KMS. */
const coreSite = toCoreSite({
  'fs.s3a.endpoint': `http://${address}:${port}`,
  'fs.s3a.endpoint.region': 'us-west-2',
  'fs.s3a.path.style.access': 'true',
  'fs.s3a.access.key': 'test',
  'fs.s3a.secret.key': 'test',
  'fs.s3a.aws.credentials.provider': 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
});

function toCoreSite(values: Record<string, string>): string {
  const properties = Object.entries(values).map(
    ([name, value]) => `  <property>\n    <name>${name}</name>\n    <value>${value}</value>\n  </property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${properties.join('')}</configuration>\n`;
}

describeWith(['kubernetes node'], 'Hadoop in a pod, with moto in another', () => {
  const suite = useNode();
  const keys: Record<string, string> = {};
  let hadoop: string;

  /** Runs Python in moto's pod, where boto3 is, and reads what it prints. */
  const boto = async (service: string, expression: string): Promise<string> => {
    const client = `boto3.client('${service}', region_name='us-west-2', endpoint_url='http://localhost:${port}', aws_access_key_id='test', aws_secret_access_key='test')`;
    const script = `import boto3, json; print(json.dumps(${client}.${expression}, default=str))`;
    return JSON.parse(await suite.exec('aws', 'deployment/moto', 'python3', '-c', script));
  };

  beforeAll(async () => {
    const moto = await motoImage();
    const java = await hadoopImage();
    await suite.node().load(moto, java);
    hadoop = java.name;
    await suite.install();
    const server = ['python3', '-m', 'moto.server', '-H', '0.0.0.0', '-p', String(port)];
    await suite.apply(
      namespace('aws'),
      deployment('aws', 'moto', { image: moto.name, command: server, env: { HOME: '/tmp' } }),
      service('aws', 'moto', address, port),
    );
    await suite.node().kubectl(['rollout', 'status', 'deployment/moto', '--namespace', 'aws']);
    await patiently(
      () =>
        boto('s3', 'list_buckets()').then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    await boto(
      's3',
      `create_bucket(Bucket='${bucket}', CreateBucketConfiguration={'LocationConstraint': 'us-west-2'})`,
    );
    for (const team of ['finance', 'research']) {
      const answer = (await boto('kms', `create_key(Description='${team}')`)) as unknown as {
        KeyMetadata: { Arn: string };
      };
      keys[team] = answer.KeyMetadata.Arn;
      await suite.apply(namespace(team), assignment(team, [team], { key: { arn: keys[team] } }));
    }
    await suite.apply(namespace('elsewhere'));
  });

  /** Applies the same ConfigMap in a namespace, has S3A write an object there, and asks S3 how that one is encrypted. */
  async function encryptionOfWhatIsWrittenIn(team: string) {
    await suite.apply(configMap(team, 'hadoop', coreSite));
    const file = '/etc/hadoop/conf/core-site.xml';
    const command = ['java', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const started = Date.now();
    await suite.apply(
      pod(team, 'writer', {
        image: hadoop,
        command: [...command, 'org.apache.hadoop.fs.FsShell', '-put', file, `s3a://${bucket}/${team}`],
        configuration: 'hadoop',
      }),
    );
    await outputOf(suite, team, 'writer');
    const head = (await boto('s3', `head_object(Bucket='${bucket}', Key='${team}')`)) as unknown as Record<
      string,
      string
    >;
    tell(`${team}: S3A wrote its object in ${since(started)} s, encrypted with ${head.SSEKMSKeyId ?? 'no KMS key'}`);
    return { algorithm: head.ServerSideEncryption, key: head.SSEKMSKeyId };
  }

  it('writes each namespace’s objects with the namespace’s key', async () => {
    for (const team of ['finance', 'research']) {
      expect(await encryptionOfWhatIsWrittenIn(team)).toEqual({ algorithm: 'aws:kms', key: keys[team] });
    }
    expect(keys.finance).not.toBe(keys.research);
  });

  it('writes them without one where no assignment applies', async () => {
    expect(await encryptionOfWhatIsWrittenIn('elsewhere')).toEqual({ algorithm: undefined, key: undefined });
  });
});
