/**
 * The checks: their order, and the options that they find for all buckets and for one.
 */
import { describe, expect, it } from 'vitest';
import type { BucketRule } from '../../../../src/core/assignment/resolve.ts';
import { findViolations } from '../../../../src/core/clients/s3a/checks.ts';
import { read } from '../../read.ts';

function reasons(text: string, buckets: readonly BucketRule[] = []): string[] {
  return findViolations(read(text), buckets).map(({ reason }) => reason);
}

const set = (name: string, value: string) =>
  `<configuration><property name="${name}" value="${value}"/></configuration>`;

describe('the checks', () => {
  it('find nothing in a file that calls for nothing', () => {
    expect(reasons(set('fs.defaultFS', 's3a://lake'))).toEqual([]);
  });

  it('find everything, refusals before what cannot be proven', () => {
    const text = `<foo>
      <property name="fs.s3a.impl" value="x"/>
      <include href="y"/>
      <property name="hadoop.security.credential.clear-text-fallback" value="false"/>
      <property name="fs.s3a.encryption.algorithm" value="SSE-C"/>
      <fallback/>
    </foo>`;
    expect(reasons(text)).toEqual([
      'RootNotConfiguration',
      'FallbackDisablesProperties',
      'OtherEncryptionInUse',
      'ClearTextFallbackOff',
      'NotProvable',
      'NotProvable',
    ]);
  });

  it('say a thing once, where both parserVersions read it', () => {
    const text = '<configuration><x><tag/></x><property name="fs.s3a.impl" value="x"/></configuration>';
    expect(reasons(text)).toEqual(['NotProvable']);
  });
});

describe('an option that replaces a part of the client', () => {
  it.each([
    'fs.s3a.impl',
    'fs.AbstractFileSystem.s3a.impl',
    'fs.s3a.s3.client.factory.impl',
    'fs.s3a.custom.signers',
    'fs.s3a.delegation.token.binding',
    'fs.s3a.audit.service.classname',
    'fs.s3a.audit.request.handlers',
    'fs.s3a.audit.execution.interceptors',
    'fs.s3a.bucket.b.s3.client.factory.impl',
    'fs.s3a.bucket.logs.s3.client.b.s3.client.factory.impl',
    'fs.s3a.bucket.b.custom.signers',
  ])('%s cannot be proven', (name) => {
    expect(reasons(set(name, 'com.example.Own'))).toEqual(['NotProvable']);
    expect(reasons(set(name, ''))).toEqual([]);
  });

  it.each(['fs.s3.impl', 'fs.s3a.impl.x', 'fs.s3a.implx', 'fs.s3a.audit.enabled'])('%s is none', (name) =>
    expect(reasons(set(name, 'com.example.Own'))).toEqual([]),
  );
});

describe('an option of one bucket', () => {
  const path = (bucket: string) => set(`fs.s3a.bucket.${bucket}.security.credential.provider.path`, 'jceks://x');
  const unmanaged = (name: string): BucketRule[] => [{ name, unmanaged: true }];

  it('counts unless the bucket is unmanaged, whatever dots its name has', () => {
    for (const bucket of ['b', 'logs.example.com', 'a.security.b', 'security', 's3.client']) {
      expect(reasons(path(bucket))).toEqual(['NotProvable']);
      expect(reasons(path(bucket), unmanaged(bucket))).toEqual([]);
      expect(reasons(path(bucket), unmanaged('c'))).toEqual(['NotProvable']);
    }
  });

  it('counts for a bucket with a key of its own', () => {
    expect(reasons(path('b'), [{ name: 'b', key: { accountDefault: true } }])).toEqual(['NotProvable']);
  });
});

describe('an include', () => {
  it('counts by its href, under whatever prefix', () => {
    expect(reasons('<configuration><include href="x"/></configuration>')).toEqual(['NotProvable']);
    expect(reasons('<x:configuration xmlns:x="u"><x:include x:href=""/></x:configuration>')).toEqual(['NotProvable']);
    expect(reasons('<configuration><include parse="xml"/><Include href="x"/></configuration>')).toEqual([]);
  });
});

describe('custom headers', () => {
  it.each([
    ['fs.s3a.client.s3.custom.headers', 'x-amz-server-side-encryption=AES256', true],
    ['fs.s3a.client.s3.custom.headers', 'A=b,X-Amz-Server-Side-Encryption-Context=x', true],
    ['fs.s3a.client.s3.custom.headers', 'A=b&#10; x-amz-server-side-encryption =x', true],
    ['fs.s3a.client.s3.custom.headers', 'A=b;x-amz-server-side-encryption', true],
    ['fs.s3a.client.s3.custom.headers', 'x-amz-server-side-encryption-bucket-key-enabled=true', false],
    ['fs.s3a.client.s3.custom.headers', 'x-amz-server-side-encryption-bucket-key-enabled:=true', true],
    ['fs.s3a.client.sts.custom.headers', `\${headers}`, true],
    ['fs.s3a.bucket.b.client.s3.custom.headers', 'x-amz-server-side-encryption=AES256', true],
    ['fs.s3a.client.s3.custom.headers', 'x-amz-meta-a=b', false],
    ['fs.s3a.client.custom.headers', 'x-amz-server-side-encryption=AES256', false],
  ])('%s of %s', (name, value, found) => {
    expect(reasons(set(name, value))).toEqual(found ? ['NotProvable'] : []);
  });
});

describe('a list of what Hive hides from its jobs', () => {
  const list = (value: string) => set('hive.conf.hidden.list', value);
  const ledger: BucketRule = { name: 'ledger', key: { accountDefault: true } };

  it.each(['fs.s3a.encryption.algorithm', 'a, fs.s3a.enc ', 'fs.s3a.server-side-encryption', 'f', 'a,,b', `\${list}`])(
    'that holds %j cannot be proven',
    (value) => expect(reasons(list(value))).toEqual(['NotProvable']),
  );

  it.each(['', 'fs.s3a.secret.key', 'FS.S3A.', 'fs.s3a.encryption.algorithm.x', 'fs.s3a.bucket.ledger.encryption'])(
    'that holds %j is nothing',
    (value) => expect(reasons(list(value))).toEqual([]),
  );

  it.each(['hive.mr3.config.remove.keys', 'hive.mr3.config.remove.prefixes'])('counts for MR3 as well: %s', (name) => {
    expect(reasons(set(name, 'a, fs.s3a.encryption.algorithm'))).toEqual(['NotProvable']);
    expect(reasons(set(name, 'hive.server2'))).toEqual([]);
  });

  it('that holds names of a bucket cannot be proven where a bucket has a key of its own, but for its secrets', () => {
    expect(reasons(list('fs.s3a.bucket.ledger.encryption'), [ledger])).toEqual(['NotProvable']);
    expect(reasons(list('fs.s3a.bucket.ledger.secret.key'), [ledger])).toEqual([]);
  });
});
