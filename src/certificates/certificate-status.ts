/**
 * What others get to know of the certificates, and how they are stopped.
 */
import type { CertificateState } from '../ports/metrics-snapshot.ts';
import type { FilesProblem } from './provided.ts';

export interface CertificateStatus extends CertificateState {
  /**
   * API servers can be sent here. A caBundle that somebody clears later doesn't undo it: to leave the Service's endpoints
   * would heal nothing, and turn a moment into an outage.
   */
  readonly ready: boolean;
  /** Names of webhook configurations that don't exist. */
  readonly missing: readonly string[];
  readonly problem: { readonly reason: FilesProblem; readonly message: string } | undefined;
}

/** A loop that keeps the certificates right. */
export interface CertificateController {
  status(): CertificateStatus;
  /** Something that matters may have changed: reconcile soon. */
  notify(): void;
  /** Resolves when nothing is in flight any more. */
  stop(): Promise<void>;
}
