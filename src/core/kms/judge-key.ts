/**
 * Whether S3 can encrypt with a key, by what AWS KMS answered to DescribeKey. It says nothing of who may use the key.
 */

/** Reasons of the condition KeyUsable. */
export type KeyReason =
  | 'Usable'
  | 'NotFound'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'WrongUsage'
  | 'AsymmetricKey'
  /** Creating, or an external or CloudHSM key store can't be reached. */
  | 'Unavailable'
  /** KMS doesn't say: the last two are about the question, not about the key. */
  | 'AccessDenied'
  | 'Unreachable';

/** The fields of KMS's KeyMetadata that decide. */
export interface DescribedKey {
  readonly keyState: string | undefined;
  readonly keyUsage: string | undefined;
  readonly keySpec: string | undefined;
  readonly deletionDate: Date | undefined;
}

export type KmsAnswer =
  | { readonly kind: 'described'; readonly key: DescribedKey }
  /** `name` is KMS's own, for example `NotFoundException`, or that of an error of the network. */
  | { readonly kind: 'failed'; readonly name: string };

export interface KeyJudgement {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: KeyReason;
  /** When KMS deletes the key, where it says so. */
  readonly deletionDate?: Date;
}

const usable: KeyJudgement = { status: 'True', reason: 'Usable' };

/**
 * What a person can't undo is judged first. Encryption goes on in the state Updating.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export function judgeKey(answer: KmsAnswer): KeyJudgement {
  if (answer.kind === 'failed') return judgeFailure(answer.name);
  const { keyState, keyUsage, keySpec, deletionDate } = answer.key;
  if (keyState === undefined || keyUsage === undefined) return { status: 'Unknown', reason: 'Unreachable' };
  if (keyUsage !== 'ENCRYPT_DECRYPT') return unusable('WrongUsage');
  if (keySpec !== 'SYMMETRIC_DEFAULT') return unusable('AsymmetricKey');
  switch (keyState) {
    case 'Enabled':
    case 'Updating':
      return usable;
    case 'Disabled':
    case 'PendingImport':
      return unusable(keyState);
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return { ...unusable('PendingDeletion'), ...(deletionDate && { deletionDate }) };
    default:
      return unusable('Unavailable');
  }
}

function judgeFailure(name: string): KeyJudgement {
  if (name === 'NotFoundException') return unusable('NotFound');
  return { status: 'Unknown', reason: name === 'AccessDeniedException' ? 'AccessDenied' : 'Unreachable' };
}

function unusable(reason: KeyReason): KeyJudgement {
  return { status: 'False', reason };
}
