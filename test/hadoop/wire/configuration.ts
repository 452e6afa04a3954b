/**
 * Configuration files for the wire.
 */
import { accessKey, secretKey } from './store.ts';

export type Properties = Readonly<Record<string, string>>;

export function toXml(properties: Properties): string {
  const lines = Object.entries(properties).map(
    ([name, value]) =>
      `  <property>\n    <name>${escapeXml(name)}</name>\n    <value>${escapeXml(value)}</value>\n  </property>`,
  );
  return ['<configuration>', ...lines, '</configuration>', ''].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/**
 * What a client needs for the store, without a word about encryption: the first resource, which the others may override. The
 * store is a proxy, so that every endpoint is the store. One attempt, and short waits.
 */
export function clientProperties(port: number, folder: string): Properties {
  return {
    'fs.s3a.access.key': accessKey,
    'fs.s3a.secret.key': secretKey,
    'fs.s3a.session.token': 'token',
    'fs.s3a.aws.credentials.provider': 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
    'fs.s3a.endpoint': 'https://s3.us-west-2.amazonaws.com',
    'fs.s3a.endpoint.region': 'us-west-2',
    'fs.s3a.proxy.host': '127.0.0.1',
    'fs.s3a.proxy.port': String(port),
    'fs.s3a.attempts.maximum': '1',
    'fs.s3a.retry.limit': '0',
    'fs.s3a.retry.interval': '1ms',
    'fs.s3a.connection.establish.timeout': '20000',
    'fs.s3a.connection.timeout': '20000',
    'fs.s3a.bucket.probe': '0',
    'fs.s3a.change.detection.mode': 'none',
    'fs.s3a.fast.upload.buffer': 'bytebuffer',
    'fs.s3a.buffer.dir': folder,
    'hadoop.tmp.dir': folder,
  };
}
