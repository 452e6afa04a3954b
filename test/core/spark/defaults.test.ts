/**
 * What spark-defaults.conf may say: nothing that gets past the assignment goes unnoticed, and nothing is changed.
 */
import { describe, expect, it } from 'vitest';
import type { Assignment, BucketRule, Enforcement } from '../../../src/core/assignment.ts';
import { type HadoopFiles, isCarrier, planConfigMap } from '../../../src/core/config-map.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const files: HadoopFiles = { core: ['core-site.xml'], other: [], spark: ['spark-defaults.conf'] };
const buckets: readonly BucketRule[] = [{ name: 'partner', unmanaged: true }];

function planned(text: string, enforcement: Enforcement = 'Enforce') {
  const target = { namespaces: ['finance'] };
  const assignment: Assignment = { name: 'finance', target, algorithm: 'SSE-KMS', key: { arn }, buckets, enforcement };
  return planConfigMap({ data: { 'spark-defaults.conf': text } }, assignment, files);
}

describe('a setting in spark-defaults.conf', () => {
  it.each([
    'spark.hadoop.fs.s3a.encryption.key other',
    'spark.hadoop.fs.s3a.server-side-encryption-algorithm=AES256',
    'spark.hadoop.fs.s3a.bucket.ledger.encryption.algorithm SSE-C',
    'spark.hadoop.fs.s3a.bucket.ledger.fs.s3a.server-side-encryption.key x',
    'spark.hadoop.hadoop.security.credential.provider.path jceks://file/x',
    'spark.hadoop.hadoop.security.credential.clear-text-fallback false',
    'spark.hadoop.fs.s3a.s3.client.factory.impl com.example.Mine',
    'spark.hadoop.\\u0066s.s3a.encryption.key other',
    'spark.hadoop.fs.s3a.\\\n   encryption.key other',
  ])('that gets past is told of, and refused under Strict: %s', (setting) => {
    const text = `# mine\nspark.master yarn\n${setting}\n`;
    const noted = planned(text);
    expect(noted).toMatchObject({
      kind: 'unchanged',
      notes: [{ dataKey: 'spark-defaults.conf', kind: 'notProvable', line: 3 }],
    });
    expect(planned(text, 'Strict')).toMatchObject({ refusals: [{ reason: 'NotProvable', line: 3, column: 1 }] });
  });

  it.each([
    '',
    'fs.s3a.encryption.key other',
    'spark.fs.s3a.encryption.key other',
    '#spark.hadoop.fs.s3a.encryption.key other',
    'spark.hadoop.fs.s3a.endpoint example.com',
    `spark.hadoop.fs.s3a.encryption.key ${arn} `,
    'spark.hadoop.fs.s3a.server-side-encryption-algorithm SSE-KMS',
    'spark.hadoop.fs.s3a.bucket.partner.encryption.key theirs',
    'spark.hadoop.fs.s3a.encryption.context a=b',
    'spark.hadoop.fs.s3a.impl org.apache.hadoop.fs.s3a.S3AFileSystem',
  ])('that does not is no matter: %s', (setting) => {
    expect(planned(`${setting}\n`, 'Strict')).toMatchObject({ kind: 'unchanged', notes: [] });
  });

  it('makes a carrier of a ConfigMap where the file is named', () => {
    const content = { data: { 'spark-defaults.conf': '' } };
    expect(isCarrier(content, files)).toBe(true);
    expect(isCarrier(content, { ...files, spark: [] })).toBe(false);
  });
});
