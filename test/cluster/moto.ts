/**
 * moto in a pod: a stand-in for the API of S3 and KMS, which workloads write to, and which tests ask what they wrote.
 */
import { namespace } from '../product/manifests.ts';
import { deployment, service } from './manifests.ts';
import { patiently } from './patiently.ts';
import type { NodeSuite } from './use-node.ts';
import { motoImage } from './workload-images.ts';

const address = '10.96.0.50';
const port = 5000;
const region = 'us-west-2';

/** Hadoop's settings for it, as a data engineer writes them who knows nothing of KMS. */
export const motoSettings: Readonly<Record<string, string>> = {
  'fs.s3a.endpoint': `http://${address}:${port}`,
  'fs.s3a.endpoint.region': region,
  'fs.s3a.path.style.access': 'true',
  'fs.s3a.access.key': 'test',
  'fs.s3a.secret.key': 'test',
  'fs.s3a.aws.credentials.provider': 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
};

export interface Moto {
  createBucket(name: string): Promise<void>;
  /** The ARN of a new key. */
  createKey(description: string): Promise<string>;
  /** What a Python expression makes of boto3's clients `s3` and `kms`. */
  ask<T>(expression: string): Promise<T>;
}

/** Answers when it returns. */
export async function startMoto(suite: NodeSuite): Promise<Moto> {
  const image = await motoImage();
  await suite.node().load(image);
  const command = ['python3', '-m', 'moto.server', '-H', '0.0.0.0', '-p', String(port)];
  await suite.apply(
    namespace('aws'),
    deployment('aws', 'moto', { image: image.name, command, env: { HOME: '/tmp' } }),
    service('aws', 'moto', address, port),
  );
  await suite.node().kubectl(['rollout', 'status', 'deployment/moto', '--namespace', 'aws']);

  // boto3 is in moto's pod.
  const options = `region_name='${region}', endpoint_url='http://localhost:${port}', aws_access_key_id='test', aws_secret_access_key='test'`;
  const clients = ['s3', 'kms'].map((name) => `${name} = boto3.client('${name}', ${options})`).join('; ');
  const ask = async <T>(expression: string): Promise<T> => {
    const script = `import boto3, json; ${clients}; print(json.dumps(${expression}, default=str))`;
    return JSON.parse(await suite.exec('aws', 'deployment/moto', 'python3', '-c', script));
  };
  const answers = () =>
    ask('s3.list_buckets()').then(
      () => true,
      () => false,
    );
  await patiently(answers, Boolean);
  return {
    ask,
    createBucket: async (name) => {
      await ask(`s3.create_bucket(Bucket='${name}', CreateBucketConfiguration={'LocationConstraint': '${region}'})`);
    },
    createKey: async (description) => {
      const made = await ask<{ KeyMetadata: { Arn: string } }>(`kms.create_key(Description='${description}')`);
      return made.KeyMetadata.Arn;
    },
  };
}
