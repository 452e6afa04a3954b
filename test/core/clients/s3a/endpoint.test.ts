/**
 * Endpoints of S3A: which are AWS's, and which name a bucket.
 */
import { describe, expect, it } from 'vitest';
import { namesBucket, readEndpoint } from '../../../../src/core/clients/s3a/endpoint.ts';

const aws = [
  ['', ''],
  [' \n', ''],
  ['s3.amazonaws.com', 's3.amazonaws.com'],
  [' s3.us-west-2.amazonaws.com\t', 's3.us-west-2.amazonaws.com'],
  ['https://s3.us-west-2.amazonaws.com', 's3.us-west-2.amazonaws.com'],
  ['http://s3.us-west-2.amazonaws.com/', 's3.us-west-2.amazonaws.com'],
  ['HTTPS://S3.US-WEST-2.AMAZONAWS.COM', 's3.us-west-2.amazonaws.com'],
  ['s3.us-west-2.amazonaws.com:443', 's3.us-west-2.amazonaws.com'],
  ['https://s3.us-west-2.amazonaws.com:', 's3.us-west-2.amazonaws.com'],
  ['https://s3.us-west-2.amazonaws.com.:443', 's3.us-west-2.amazonaws.com'],
  ['s3-us-west-2.amazonaws.com', 's3-us-west-2.amazonaws.com'],
  ['s3-external-1.amazonaws.com', 's3-external-1.amazonaws.com'],
  ['s3.dualstack.us-west-2.amazonaws.com', 's3.dualstack.us-west-2.amazonaws.com'],
  ['s3-fips.us-gov-west-1.amazonaws.com', 's3-fips.us-gov-west-1.amazonaws.com'],
  ['s3-fips.dualstack.us-east-1.amazonaws.com', 's3-fips.dualstack.us-east-1.amazonaws.com'],
  ['s3-accelerate.amazonaws.com', 's3-accelerate.amazonaws.com'],
  ['s3-accelerate.dualstack.amazonaws.com', 's3-accelerate.dualstack.amazonaws.com'],
  ['s3.cn-north-1.amazonaws.com.cn', 's3.cn-north-1.amazonaws.com.cn'],
  ['s3.dualstack.cn-north-1.amazonaws.com.cn', 's3.dualstack.cn-north-1.amazonaws.com.cn'],
  ['s3.cn-north-1.api.amazonwebservices.com.cn', 's3.cn-north-1.api.amazonwebservices.com.cn'],
  ['s3.us-west-2.api.aws', 's3.us-west-2.api.aws'],
  ['s3.eusc-de-east-1.amazonaws.eu', 's3.eusc-de-east-1.amazonaws.eu'],
  ['s3.eusc-de-east-1.api.amazonwebservices.eu', 's3.eusc-de-east-1.api.amazonwebservices.eu'],
  ['s3.us-iso-east-1.c2s.ic.gov', 's3.us-iso-east-1.c2s.ic.gov'],
  ['s3.us-iso-east-1.api.aws.ic.gov', 's3.us-iso-east-1.api.aws.ic.gov'],
  ['s3.us-isob-east-1.sc2s.sgov.gov', 's3.us-isob-east-1.sc2s.sgov.gov'],
  ['s3.us-isob-east-1.api.aws.scloud', 's3.us-isob-east-1.api.aws.scloud'],
  ['s3.eu-isoe-west-1.cloud.adc-e.uk', 's3.eu-isoe-west-1.cloud.adc-e.uk'],
  ['s3.eu-isoe-west-1.api.cloud-aws.adc-e.uk', 's3.eu-isoe-west-1.api.cloud-aws.adc-e.uk'],
  ['s3.us-isof-south-1.csp.hci.ic.gov', 's3.us-isof-south-1.csp.hci.ic.gov'],
  ['s3.us-isof-south-1.api.aws.hci.ic.gov', 's3.us-isof-south-1.api.aws.hci.ic.gov'],
  [
    'https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
    'bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
  ],
  [
    'accesspoint.vpce-1a2b3c4d-5e6f-us-east-1a.s3.us-east-1.vpce.amazonaws.com',
    'accesspoint.vpce-1a2b3c4d-5e6f-us-east-1a.s3.us-east-1.vpce.amazonaws.com',
  ],
  ['vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', 'vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com'],
  ['s3-accesspoint.us-west-2.amazonaws.com', 's3-accesspoint.us-west-2.amazonaws.com'],
  ['s3express-usw2-az1.us-west-2.amazonaws.com', 's3express-usw2-az1.us-west-2.amazonaws.com'],
  ['sts.us-west-2.amazonaws.com', 'sts.us-west-2.amazonaws.com'],
] as const;

const other = [
  ['minio:9000', 'minio'],
  ['http://minio.storage.svc:9000', 'minio.storage.svc'],
  ['http://MinIO.storage.svc.cluster.local.', 'minio.storage.svc.cluster.local'],
  ['10.0.0.7:9000', '10.0.0.7'],
  ['http://[fd00::7]:9000', '[fd00::7]'],
  ['https://ceph.example.internal/', 'ceph.example.internal'],
  ['https://storage.googleapis.com', 'storage.googleapis.com'],
  ['s3.amazonaws.com.evil.example', 's3.amazonaws.com.evil.example'],
  ['minio-amazonaws.com', 'minio-amazonaws.com'],
  ['myamazonaws.com.cn', 'myamazonaws.com.cn'],
  ['api.aws.example', 'api.aws.example'],
  ['xapi.aws', 'xapi.aws'],
  ['https://s3.eu-central-1.wasabisys.com', 's3.eu-central-1.wasabisys.com'],
  // what they run on is AWS's, and the store is not
  ['http://k8s-minio-0a1b2c.elb.us-west-2.amazonaws.com:9000', 'k8s-minio-0a1b2c.elb.us-west-2.amazonaws.com'],
  ['https://minio-123.us-west-2.elb.amazonaws.com', 'minio-123.us-west-2.elb.amazonaws.com'],
  ['ec2-203-0-113-7.compute-1.amazonaws.com:9000', 'ec2-203-0-113-7.compute-1.amazonaws.com'],
  ['ec2-203-0-113-7.us-west-2.compute.amazonaws.com', 'ec2-203-0-113-7.us-west-2.compute.amazonaws.com'],
] as const;

it.each(aws)('%j is AWS and names no bucket', (value, host) => {
  expect(readEndpoint(value)).toEqual({ store: 'aws', host, bucket: null, path: null, hasUser: false });
  expect(namesBucket(readEndpoint(value))).toBe(false);
});

it.each(other)('%j is another store', (value, host) => {
  expect(readEndpoint(value)).toEqual({ store: 'other', host, bucket: null, path: null, hasUser: false });
});

describe('a bucket in an endpoint', () => {
  it.each([
    ['https://finance.s3.us-west-2.amazonaws.com', 'finance'],
    ['finance.s3.amazonaws.com', 'finance'],
    ['finance.s3-us-west-2.amazonaws.com', 'finance'],
    ['finance.s3-website-us-west-2.amazonaws.com', 'finance'],
    ['ledger.finance.s3.dualstack.us-west-2.amazonaws.com', 'ledger.finance'],
    ['s3.finance.s3.us-west-2.amazonaws.com', 's3.finance'],
    ['minio.elb.s3.us-west-2.amazonaws.com', 'minio.elb'],
    ['finance.s3-accelerate.amazonaws.com', 'finance'],
    ['finance.s3-fips.us-gov-west-1.amazonaws.com.', 'finance'],
    ['finance.s3.cn-north-1.amazonaws.com.cn', 'finance'],
    ['finance.s3.eusc-de-east-1.api.amazonwebservices.eu', 'finance'],
    ['finance.bucket.vpce-1a2b-3c4d.s3.us-east-1.vpce.amazonaws.com', 'finance'],
    ['ap-123456789012.accesspoint.vpce-1a2b-3c4d.s3.us-east-1.vpce.amazonaws.com', 'ap-123456789012'],
    ['ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com', 'ap-123456789012'],
    ['mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com', 'mfzwi23gnjvgw.mrap.accesspoint'],
    ['finance--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com', 'finance--usw2-az1--x-s3'],
  ])('%s names %s in its host', (value, bucket) => {
    expect(readEndpoint(value)).toMatchObject({ store: 'aws', bucket, path: null, hasUser: false });
    expect(namesBucket(readEndpoint(value))).toBe(true);
  });

  it.each([
    ['https://s3.us-west-2.amazonaws.com/finance', 'aws', '/finance'],
    ['s3.us-west-2.amazonaws.com/finance/', 'aws', '/finance/'],
    ['https://s3.us-west-2.amazonaws.com?', 'aws', '?'],
    ['https://s3.us-west-2.amazonaws.com/#', 'aws', '/#'],
    ['http://minio:9000/finance', 'other', '/finance'],
  ])('%s may name one behind its host', (value, store, path) => {
    expect(readEndpoint(value)).toMatchObject({ store, bucket: null, path });
    expect(namesBucket(readEndpoint(value))).toBe(true);
  });

  it.each([
    ['https://x@s3.us-west-2.amazonaws.com', 'aws', 's3.us-west-2.amazonaws.com'],
    ['https://s3.amazonaws.com@minio:9000', 'other', 'minio'],
    ['https://s3.amazonaws.com:443@minio:9000', 'other', 'minio'],
    ['https://minio:9000@s3.us-west-2.amazonaws.com', 'aws', 's3.us-west-2.amazonaws.com'],
  ])('%s has a user, in which the bucket that a path names gets lost', (value, store, host) => {
    expect(readEndpoint(value)).toMatchObject({ store, host, hasUser: true });
    expect(namesBucket(readEndpoint(value))).toBe(true);
  });
});

it.each(['https://minio:9000/s3.amazonaws.com', 'minio.example/#s3.amazonaws.com', 'https://x@minio?s3.amazonaws.com'])(
  '%s is AWS, since Hadoop 3.4 looks at its end alone',
  (value) => {
    expect(readEndpoint(value)).toMatchObject({ store: 'aws', bucket: null });
  },
);

it.each([`\${env.S3_ENDPOINT}`, `https://\${host}:9000`, `s3.\${region}.amazonaws.com`])(
  '%s is unknown while its variable is',
  (value) => {
    expect(readEndpoint(value)).toEqual({ store: 'unknown', host: '', bucket: null, path: null, hasUser: false });
  },
);
