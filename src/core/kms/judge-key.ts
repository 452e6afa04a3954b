/**
 * Whether S3 can encrypt with a key, by what AWS KMS answered to DescribeKey. It says nothing of who may use the key.
 */

/** Reasons of the condition KeyUsable, the gravest first: what a person can't undo, what a person can, and what isn't known. */
export const keyReasons = [
  'NotFound',
  /** A bucket that has the key by its own rule is in another Region, where S3 doesn't find it. */
  'RegionMismatch',
  'WrongUsage',
  'AsymmetricKey',
  'PendingDeletion',
  'Disabled',
  'PendingImport',
  /** The key is being created, or the key store outside of KMS that holds it can't be reached. */
  'Unavailable',
  /** KMS doesn't tell the operator, or the operator has no credentials that AWS takes. */
  'AccessDenied',
  /** KMS gave no answer, or none that can be used. */
  'Unreachable',
  /** The account's default key is one of each Region, and the operator knows none. */
  'RegionUnknown',
  'Usable',
] as const;

export type KeyReason = (typeof keyReasons)[number];

/** The fields of KMS's KeyMetadata that decide. */
export interface DescribedKey {
  readonly keyState: string | undefined;
  readonly keyUsage: string | undefined;
  readonly keySpec: string | undefined;
  readonly deletionDate: Date | undefined;
}

export type KmsAnswer =
  | { readonly kind: 'described'; readonly key: DescribedKey }
  /** `name` is that of AWS, for example `NotFoundException`, or that of an error of the network. */
  | { readonly kind: 'failed'; readonly name: string; readonly message?: string };

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

/** Of KMS, and of STS, where the credentials come from. */
const denials: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'NotAuthorized',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

function judgeFailure(name: string): KeyJudgement {
  if (name === 'NotFoundException') return unusable('NotFound');
  return { status: 'Unknown', reason: denials.has(name) ? 'AccessDenied' : 'Unreachable' };
}

function unusable(reason: KeyReason): KeyJudgement {
  return { status: 'False', reason };
}
