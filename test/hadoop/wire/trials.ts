/**
 * What is tried on the wire: files that would lead past the key, and usual ones that don't. All of them go through a proxy,
 * over TLS or plain HTTP: the encryption headers are signed, so that a proxy needs no row of its own.
 */
import type { BucketRule } from '../../../src/core/assignment/resolve.ts';

export interface Trial {
  /** The row of the table of ways past; null for what is usual, of which the plan says nothing. */
  readonly row: number | null;
  readonly title: string;
  /** `partner-drop` is left alone and encrypts with AES256 in every file. */
  readonly bucket: 'archive' | 'partner-drop' | 'partner-drop.fs.s3a';
  readonly properties: Readonly<Record<string, string>>;
}

export const buckets: readonly BucketRule[] = [{ name: 'partner-drop', unmanaged: true }];

/** Of the bucket that is left alone. */
export const ownSettings = {
  'fs.s3a.bucket.partner-drop.server-side-encryption-algorithm': 'AES256',
  'fs.s3a.bucket.partner-drop.encryption.algorithm': 'AES256',
  'fs.s3a.bucket.partner-drop.server-side-encryption.key': ' ',
  'fs.s3a.bucket.partner-drop.encryption.key': ' ',
};

const s3 = 's3.us-west-2.amazonaws.com';
const headers = 'fs.s3a.client.s3.custom.headers';
const sse = 'x-amz-server-side-encryption';
const pathStyle = { 'fs.s3a.path.style.access': 'true' };
const longForms = {
  'fs.s3a.bucket.partner-drop.fs.s3a.server-side-encryption-algorithm': 'AES256',
  'fs.s3a.bucket.partner-drop.fs.s3a.encryption.algorithm': 'AES256',
  'fs.s3a.bucket.partner-drop.fs.s3a.server-side-encryption.key': ' ',
  'fs.s3a.bucket.partner-drop.fs.s3a.encryption.key': ' ',
};

function archive(row: number | null, title: string, properties: Trial['properties']): Trial {
  return { row, title, bucket: 'archive', properties };
}

/** Written to the bucket that is left alone, and to another one with its settings. */
function partner(row: number | null, title: string, properties: Trial['properties']): Trial {
  return { row, title, bucket: 'partner-drop', properties };
}

const ofPartner = (option: string): string => `fs.s3a.bucket.partner-drop.${option}`;

export const trials: readonly Trial[] = [
  archive(null, 'nothing else', {}),
  partner(null, 'a bucket that is left alone', {}),
  archive(15, 'an encryption header', { [headers]: `${sse}=AES256` }),
  archive(15, 'an encryption header in capitals', { [headers]: 'X-Amz-Server-Side-Encryption=AES256' }),
  archive(15, 'an encryption header for one bucket', {
    'fs.s3a.bucket.archive.client.s3.custom.headers': `${sse}=AES256`,
  }),
  archive(15, 'a key in a header', { [headers]: `${sse}=aws:kms,${sse}-aws-kms-key-id=arn:aws:kms:us-west-2:1:key/2` }),
  partner(20, 'an endpoint with a path, in path style', {
    [ofPartner('endpoint')]: `https://${s3}/finance`,
    [ofPartner('path.style.access')]: 'true',
  }),
  partner(20, 'an endpoint with a path', { [ofPartner('endpoint')]: `https://${s3}/finance` }),
  partner(20, 'an endpoint with a path and a question mark, in path style', {
    ...pathStyle,
    'fs.s3a.endpoint': `https://${s3}/finance?`,
  }),
  partner(20, 'an endpoint with a bucket in its host, in path style', {
    ...pathStyle,
    'fs.s3a.endpoint': `https://finance.${s3}`,
  }),
  partner(20, 'an endpoint with a bucket in its host', { 'fs.s3a.endpoint': `https://drop.finance.${s3}` }),
  partner(20, 'an endpoint with a bucket in its host and a user', { 'fs.s3a.endpoint': `https://x@finance.${s3}` }),
  partner(20, 'an endpoint with a user', { 'fs.s3a.endpoint': `https://x@${s3}` }),
  archive(20, 'an endpoint that is AWS by its end alone', { 'fs.s3a.endpoint': 'https://minio#s3.amazonaws.com' }),
  partner(20, 'an access point', {
    [ofPartner('accesspoint.arn')]: 'arn:aws:s3:us-west-2:360379543683:accesspoint/ap',
  }),
  partner(20, 'the header Host', { [ofPartner('client.s3.custom.headers')]: `Host=finance.${s3}` }),
  partner(20, 'the header Host with a long s', { [headers]: `Ho\u017Ft=finance.${s3}` }),
  {
    row: 21,
    title: 'the long form of a bucket that is left alone',
    bucket: 'partner-drop.fs.s3a',
    properties: longForms,
  },
  archive(22, 'a header with a dotless i', { [headers]: 'x-amz-server-s\u0131de-encryption=AES256' }),
  archive(22, 'a header with a dotted I', { [headers]: 'x-amz-server-side-encrypt\u0130on=AES256' }),
  archive(22, 'a header with a long s', { [headers]: 'x-amz-\u017Ferver-side-encryption=AES256' }),
  archive(22, 'a header with the sign of Kelvin', { [headers]: `${sse}-aws-\u212Ams-key-id=other` }),
  archive(23, 'no signature', { 'fs.s3a.signing-algorithm': 'NoOpSignerType' }),
  archive(23, 'no signature, in the option for S3', { 'fs.s3a.s3.signing-algorithm': 'NoOpSignerType' }),
  archive(23, 'a credential provider of its own', { 'fs.s3a.aws.credentials.provider': 'Writer$Credentials' }),
  archive(23, 'an input stream of its own', {
    'fs.s3a.input.stream.type': 'custom',
    'fs.s3a.input.stream.custom.factory': 'Writer$Streams',
  }),
  archive(23, 'a metadata store of its own', { 'fs.s3a.metadatastore.impl': 'Writer$Metadata' }),
  archive(null, 'other headers', { [headers]: 'x-amz-expected-bucket-owner=360379543683,x-forwarded-host=a' }),
  archive(null, 'the signature that was usual', { 'fs.s3a.signing-algorithm': 'AWSS3V4SignerType' }),
  archive(null, 'usual credential providers', {
    'fs.s3a.aws.credentials.provider':
      'org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider,\n org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
  }),
  archive(null, 'another store over plain HTTP', {
    ...pathStyle,
    'fs.s3a.endpoint': 'http://minio.storage.svc:9000',
    'fs.s3a.connection.ssl.enabled': 'false',
  }),
  archive(null, 'AWS over plain HTTP', { 'fs.s3a.endpoint': s3, 'fs.s3a.connection.ssl.enabled': 'false' }),
  archive(null, 'an endpoint with a last dot', { 'fs.s3a.endpoint': `https://${s3}.:443` }),
  archive(null, 'path style', pathStyle),
];
