/**
 * What others get to know of the certificates: probes, metrics.
 */
import type { FilesProblem } from './provided.ts';

export interface CertificateStatus {
  /** Every webhook configuration exists and trusts the certificate that is served. As of the last look. */
  readonly trusted: boolean;
  /**
   * API servers can be sent here. A caBundle that somebody clears later doesn't undo it: to leave the Service's endpoints
   * would heal nothing, and turn a moment into an outage.
   */
  readonly ready: boolean;
  /** Names of webhook configurations that don't exist. */
  readonly missing: readonly string[];
  /** When the certificate that is served, and the CA that it leads to, stop being accepted; milliseconds since 1970. */
  readonly leafExpiresAt: number | undefined;
  readonly caExpiresAt: number | undefined;
  /** Why the files of a provided certificate can't be used as they are now; what was served before still is. */
  readonly problem: { readonly reason: FilesProblem; readonly message: string } | undefined;
  /** Looks that failed in a row. */
  readonly failures: number;
}

/** A loop that keeps the certificates right. */
export interface Keeper {
  status(): CertificateStatus;
  /** Something that matters may have changed: look soon. */
  notify(): void;
  /** Resolves when nothing is in flight any more. */
  stop(): Promise<void>;
}
