/**
 * The plan of any properties file; what it makes of one stands in test/cases/spark.
 */

import { describe, expect, it } from 'vitest';
import type { Assignment } from '../../../../src/core/assignment/resolve.ts';
import { planSpark } from '../../../../src/core/clients/spark/plan.ts';
import { ConfigFiles } from '../../../../src/core/plan/config-object.ts';
import type { DesiredFile } from '../../../../src/core/plan/plan.ts';
import { readAttempts } from '../../../spark/attempts.ts';
import { buildDocument } from '../../../spark/fuzz/round.ts';
import { planSparkChecked } from './invariants.ts';

function toDesired(assignment: Assignment, strict: boolean): DesiredFile {
  const { name, algorithm, key, encryptionContext = null, buckets } = assignment;
  return { source: `KmsKeyAssignment/${name}`, algorithm, key, encryptionContext, buckets, strict };
}

function planned(text: string, desired: DesiredFile): string | null {
  const plan = planSpark(text, desired);
  if (plan.kind === 'refused') return null;
  return plan.kind === 'change' ? plan.result : text;
}

const key = { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' };
const desired: DesiredFile = {
  source: 'KmsKeyAssignment/finance',
  algorithm: 'SSE-KMS',
  key,
  buckets: [],
  strict: false,
};

describe("the plan of Spark's properties", () => {
  it.each(readAttempts())('keeps what is true of every plan: $name', ({ text }) => {
    for (const strict of [false, true]) planSparkChecked(text, { ...desired, strict });
  });

  it('keeps what is true of every plan for random files, and a rotation there and back gives the same bytes', {
    timeout: 120_000,
  }, () => {
    for (let index = 0; index < 500; index++) {
      const { text, assignment } = buildDocument(3, index);
      const first = toDesired(assignment, false);
      planSparkChecked(text, first);
      const before = planned(text, first);
      if (before === null) continue;
      const between = planned(before, {
        ...first,
        key: { arn: 'arn:aws:kms:eu-west-1:360379543683:key/other' },
      }) as string;
      expect(planned(between, first)).toBe(before);
    }
  });

  it('takes time in proportion to the file', { timeout: 60_000 }, () => {
    for (const line of [
      'spark.hadoop.fs.s3a.encryption.key=x\n',
      '# KmsKeyAssignment/finance\n',
      'spark.sql.catalog.a.s3.sse.key=x\n',
      "spark.driver.extraJavaOptions=-Da='b \n",
      '\\\n',
    ]) {
      expect(planSpark(line.repeat(1_000_000 / line.length), desired)).not.toHaveProperty('reason', 'ReadersDisagree');
    }
  });

  it('takes it also where each line names another catalog, and the assignment has what Iceberg lacks', {
    timeout: 60_000,
  }, () => {
    const lines = Array.from({ length: 25_000 }, (_, index) => `spark.sql.catalog.a${index}.s3.sse.key=x\n`);
    const lacking: DesiredFile = {
      ...desired,
      encryptionContext: { a: 'b' },
      buckets: [{ name: 'b', unmanaged: true }],
    };
    expect(planSpark(lines.join(''), lacking)).toMatchObject({ reason: 'TooLarge' });
  });

  it('is refused where the file is larger than a ConfigMap, with or without ours', () => {
    expect(planSpark('#'.repeat(1024 * 1024 + 1), desired)).toMatchObject({ reason: 'TooLarge' });
    expect(planSpark('#'.repeat(1024 * 1024 - 100), desired)).toMatchObject({ reason: 'TooLarge' });
  });
});

describe("a ConfigMap with Spark's properties", () => {
  it('is a config object where their data key is named', () => {
    const content = { data: { 'spark-defaults.conf': '' } };
    const files = { core: ['core-site.xml'], other: [], spark: ['spark-defaults.conf'] };
    expect(new ConfigFiles(content, files).some(true)).toBe(true);
    expect(new ConfigFiles(content, { ...files, spark: [] }).some(true)).toBe(false);
  });
});
