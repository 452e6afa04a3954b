import { expect, it } from 'vitest';
import { toKeyUses } from '../../../src/core/kms/key-uses.ts';

const key = (last: number) => ({
  arn: `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`,
});
const accountDefault = { accountDefault: true } as const;

it('each key is there once, with the buckets that have it by their own rule; unmanaged buckets have none', () => {
  const buckets = [
    { name: 'a', key: key(2) },
    { name: 'b', unmanaged: true } as const,
    { name: 'c', key: key(1) },
    { name: 'd', key: key(2) },
    { name: 'e', key: accountDefault },
  ];
  expect(toKeyUses({ key: key(1), buckets })).toEqual([
    { key: key(1).arn, buckets: ['c'] },
    { key: key(2).arn, buckets: ['a', 'd'] },
    { key: 'alias/aws/s3', buckets: ['e'] },
  ]);
  expect(toKeyUses({ key: accountDefault, buckets: [] })).toEqual([{ key: 'alias/aws/s3', buckets: [] }]);
});
