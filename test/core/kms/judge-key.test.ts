import { expect, it } from 'vitest';
import { type DescribedKey, judgeKey } from '../../../src/core/kms/judge-key.ts';

const enabled: DescribedKey = {
  keyState: 'Enabled',
  keyUsage: 'ENCRYPT_DECRYPT',
  keySpec: 'SYMMETRIC_DEFAULT',
  deletionDate: undefined,
};
const deletionDate = new Date('2026-12-24T00:00:00Z');

it.each<[string, Partial<DescribedKey>, object]>([
  ['an enabled key is usable', {}, { status: 'True', reason: 'Usable' }],
  ['a key whose primary Region changes is usable', { keyState: 'Updating' }, { status: 'True', reason: 'Usable' }],
  ['a disabled key is not', { keyState: 'Disabled' }, { status: 'False', reason: 'Disabled' }],
  ['a key without material is not', { keyState: 'PendingImport' }, { status: 'False', reason: 'PendingImport' }],
  [
    'a key that is to be deleted is not, and says when',
    { keyState: 'PendingDeletion', deletionDate },
    { status: 'False', reason: 'PendingDeletion', deletionDate },
  ],
  [
    'a primary key that waits for its replicas has no date',
    { keyState: 'PendingReplicaDeletion' },
    { status: 'False', reason: 'PendingDeletion' },
  ],
  ['a key whose store is away is not', { keyState: 'Unavailable' }, { status: 'False', reason: 'Unavailable' }],
  ['a key for signatures is not', { keyUsage: 'SIGN_VERIFY' }, { status: 'False', reason: 'WrongUsage' }],
  ['an RSA key is not', { keySpec: 'RSA_2048' }, { status: 'False', reason: 'AsymmetricKey' }],
  [
    'of several reasons the one that can not be undone is given',
    { keyState: 'Disabled', keySpec: 'RSA_2048' },
    { status: 'False', reason: 'AsymmetricKey' },
  ],
  ['an answer without a state says nothing', { keyState: undefined }, { status: 'Unknown', reason: 'Unreachable' }],
])('%s', (_, fields, expected) => {
  expect(judgeKey({ kind: 'described', key: { ...enabled, ...fields } })).toEqual(expected);
});

it.each([
  ['NotFoundException', 'False', 'NotFound'],
  ['AccessDeniedException', 'Unknown', 'AccessDenied'],
  ['ThrottlingException', 'Unknown', 'Unreachable'],
  ['ECONNREFUSED', 'Unknown', 'Unreachable'],
])('after %s the key is %s: %s', (name, status, reason) => {
  expect(judgeKey({ kind: 'failed', name })).toEqual({ status, reason });
});
