/**
 * What is planned in every measurement: two keys, and so fourteen properties.
 */
import { type Desired, plan } from '../../src/core/plan.ts';

export const desired: Desired = {
  source: 'KmsKeyAssignment/finance',
  algorithm: 'SSE-KMS',
  key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  buckets: [
    {
      name: 'ledger',
      key: { arn: 'arn:aws:kms:eu-central-1:360379543683:key/0d2f3b1c-1111-4ba0-9230-95af6d01ca02' },
    },
    { name: 'partner-drop', unmanaged: true },
  ],
  strict: false,
};

export function outcomeOf(text: string): string {
  const planned = plan(text, desired, 'core');
  return planned.kind === 'refused' ? planned.reason : planned.kind;
}
