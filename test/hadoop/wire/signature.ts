/**
 * Checks the signature of a request as S3 does: AWS Signature Version 4 in the Authorization header.
 */
import { createHash, createHmac } from 'node:crypto';
import { type Head, headerOf } from './request-heads.ts';

export interface Signature {
  readonly accessKey: string;
  readonly signedHeaders: readonly string[];
  readonly valid: boolean;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Null where the request carries no such signature. `path` is the request's without scheme and host. */
export function checkSignature(head: Head, path: string, secretKey: string): Signature | null {
  const [, accessKey = '', date = '', region = '', service = '', names = '', signature] =
    form.exec(headerOf(head, 'authorization')) ?? [];
  if (signature === undefined) return null;
  const signedHeaders = names.split(';');
  const canonical = [
    ...[head.method, ...canonicalPath(path)],
    ...signedHeaders.map((name) => `${name}:${headerOf(head, name).replace(/ +/g, ' ')}`),
    ...['', names, headerOf(head, 'x-amz-content-sha256')],
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headerOf(head, 'x-amz-date'), scope, hash].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return { accessKey, signedHeaders, valid: hmac(key, text).toString('hex') === signature };
}

/** S3 takes the path as it is sent, and the query sorted. */
function canonicalPath(path: string): [string, string] {
  const [, plain = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(path) ?? [];
  const pairs = query.split('&').filter((pair) => pair !== '');
  return [
    plain || '/',
    pairs
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
  ];
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
