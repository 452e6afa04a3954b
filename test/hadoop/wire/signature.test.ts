/**
 * The check of signatures, by the example that AWS publishes for GET Object.
 */
import { expect, it } from 'vitest';
import type { Head } from './request-heads.ts';
import { checkSignature } from './signature.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const signedHeaders = ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'];
const authorization = [
  'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
  `SignedHeaders=${signedHeaders.join(';')}`,
  'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
].join(',');
const example: Head = {
  method: 'GET',
  target: '/test.txt',
  rawHeaders: [
    ...['Host', 'examplebucket.s3.amazonaws.com', 'Authorization', authorization, 'Range', 'bytes=0-9'],
    ...['x-amz-content-sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ...['x-amz-date', '20130524T000000Z'],
  ],
};

it('holds for a request as it was signed', () => {
  expect(checkSignature(example, '/test.txt', secret)).toEqual({
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    signedHeaders,
    valid: true,
  });
});

it.each([
  ['another method', { ...example, method: 'PUT' }, '/test.txt', secret],
  ['another path', example, '/test', secret],
  ['a query', example, '/test.txt?acl', secret],
  ['another secret', example, '/test.txt', 'x'],
  [
    'a signed header twice',
    { ...example, rawHeaders: [...example.rawHeaders, 'range', 'bytes=9-9'] },
    '/test.txt',
    secret,
  ],
])('does not hold for %s', (_, head, path, key) => {
  expect(checkSignature(head, path, key)?.valid).toBe(false);
});

it('holds whatever is added that is not signed', () => {
  const head = { ...example, rawHeaders: [...example.rawHeaders, 'x-other', '1'] };
  expect(checkSignature(head, '/test.txt', secret)?.valid).toBe(true);
});

it('is none where there is none', () => {
  expect(
    checkSignature({ ...example, rawHeaders: ['Host', 'examplebucket.s3.amazonaws.com'] }, '/', secret),
  ).toBeNull();
});
