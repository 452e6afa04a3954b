/**
 * What is planned: one key for all buckets, as most assignments will have it; or many rules, where slowness is looked for.
 */

import { plan } from '../../src/core/clients/s3a/plan.ts';
import type { DesiredFile } from '../../src/core/plan/plan.ts';

export const oneKey: DesiredFile = {
  source: 'KmsKeyAssignment/finance',
  algorithm: 'SSE-KMS',
  key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  buckets: [],
  strict: false,
};

export const manyRules: DesiredFile = {
  ...oneKey,
  buckets: Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0 ? { name: `bucket-${index}`, key: oneKey.key } : { name: `bucket-${index}`, unmanaged: true },
  ),
};

export function outcomeOf(text: string): string {
  const planned = plan(text, manyRules, 'core');
  return planned.kind === 'refused' ? planned.reason : planned.kind;
}
