/**
 * Random assignments for properties files.
 */
import type { Algorithm, Assignment, BucketRule, Key } from '../../../src/core/assignment/resolve.ts';
import type { Random } from '../../hadoop/fuzz/random.ts';
import { bucketNames } from './texts.ts';

const keys: readonly Key[] = [
  { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  { arn: 'arn:aws:kms:eu-central-1:360379543683:key/mrk-1234abcd12ab34cd56ef1234567890ab' },
  { accountDefault: true },
];

export function pickAssignment(random: Random): Assignment {
  const context = () =>
    random.chance(0.8)
      ? {}
      : { encryptionContext: random.pick([{}, { team: 'finance' }, { 'aws:s3:arn': 'arn:aws:s3:::x', b: 'c d' }]) };
  const buckets = bucketNames
    .filter(() => random.chance(0.3))
    .map(
      (name): BucketRule =>
        random.chance(0.35) ? { name, unmanaged: true } : { name, key: random.pick(keys), ...context() },
    );
  return {
    name: random.pick(['finance', 'finance', 'old']),
    target: { namespaces: ['finance'] },
    algorithm: random.pick<Algorithm>(['SSE-KMS', 'SSE-KMS', 'SSE-KMS', 'DSSE-KMS']),
    key: random.pick(keys),
    ...context(),
    buckets,
    enforcement: random.chance(0.1) ? 'Strict' : 'Enforce',
  };
}
