/**
 * The status of the certificates, and the controller that keeps them up to date.
 */
import type { CertificateState } from '../ports/metrics-snapshot.ts';
import type { FilesProblem } from './provided.ts';

export interface CertificateStatus extends CertificateState {
  /**
   * API servers can be sent to this replica. It stays true even if a caBundle is cleared later: leaving the Service's endpoints
   * would repair nothing, and would turn a short disturbance into an outage.
   */
  readonly ready: boolean;
  /** Names of webhook configurations that don't exist. */
  readonly missing: readonly string[];
  readonly problem: { readonly reason: FilesProblem; readonly message: string } | undefined;
}

/** A running loop that keeps the certificates up to date. */
export interface CertificateController {
  status(): CertificateStatus;
  /** Something relevant may have changed: reconcile soon. */
  notify(): void;
  /** Resolves when nothing is in flight any more. */
  stop(): Promise<void>;
}
