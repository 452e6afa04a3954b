/**
 * What the controller asks of AWS KMS, and of S3.
 */
import type { KmsAnswer } from '../core/kms/judge-key.ts';

export type BucketAnswer =
  /** The Region is undefined where S3 doesn't say it: there may be no such bucket. */
  { readonly kind: 'answered'; readonly region: string | undefined } | { readonly kind: 'none' };

export interface KeyDescriber {
  /** Asks KMS about a key: an ARN, or an alias in this Region. Always resolves, within half a minute. */
  readonly describe: (key: string, region: string, signal: AbortSignal) => Promise<KmsAnswer>;
  /** Asks S3, without credentials, where a bucket is. Always resolves, within a few seconds. */
  readonly findBucket: (bucket: string, region: string, signal: AbortSignal) => Promise<BucketAnswer>;
  readonly stop: () => void;
}

export interface KeyVerification {
  /** Loads what asks KMS. Called where this replica begins to lead. */
  readonly load: () => Promise<KeyDescriber>;
  /** Whose default key is asked for where an assignment names no key; empty where it isn't known. */
  readonly region: string;
  readonly intervalSeconds: number;
}
