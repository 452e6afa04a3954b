/**
 * Generated assignments, as the plan sees them.
 */

import fc from 'fast-check';
import type { Algorithm, BucketRule, EncryptionContext, Key } from '../../src/core/assignment/resolve.ts';
import type { DesiredFile } from '../../src/core/plan/plan.ts';

const keys: fc.Arbitrary<Key> = fc.oneof(
  fc
    .constantFrom('071a86ff-8881-4ba0-9230-95af6d01ca01', 'mrk-1234abcd12ab34cd56ef1234567890ab')
    .map((id) => ({ arn: `arn:aws:kms:us-west-2:360379543683:key/${id}` })),
  fc.constant({ accountDefault: true as const }),
);
const givenContexts = fc.constantFrom<NonNullable<EncryptionContext>>({}, { team: 'finance', 'a:b': 'c d' });
const contexts = fc.option(givenContexts);
const algorithms = fc.constantFrom<Algorithm>('SSE-KMS', 'DSSE-KMS');
const bucketNames = ['ledger', 'partner-drop', 'logs.example.com'];

const rules: fc.Arbitrary<readonly BucketRule[]> = fc.subarray(bucketNames).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.oneof(
        keys.map((key) => ({ name, key })),
        fc.constant({ name, unmanaged: true as const }),
      ),
    ),
  ),
);

export const desires: fc.Arbitrary<DesiredFile> = fc.record({
  source: fc.constant('KmsKeyAssignment/finance'),
  algorithm: algorithms,
  key: keys,
  encryptionContext: contexts,
  buckets: rules,
  strict: fc.boolean(),
});

/** The same after a rotation: other keys, contexts and perhaps another algorithm, for the same buckets. */
export function rotated(desired: DesiredFile): fc.Arbitrary<DesiredFile> {
  const context = ({ encryptionContext }: { readonly encryptionContext?: EncryptionContext }) =>
    (encryptionContext ?? null) === null ? fc.constant(null) : givenContexts;
  return fc.record({
    source: fc.constant(desired.source),
    algorithm: algorithms,
    key: keys,
    encryptionContext: context(desired),
    buckets: fc.tuple(
      ...desired.buckets.map((rule) =>
        'key' in rule
          ? fc.record({ name: fc.constant(rule.name), key: keys, encryptionContext: context(rule) })
          : fc.constant(rule),
      ),
    ),
    strict: fc.constant(desired.strict),
  });
}
