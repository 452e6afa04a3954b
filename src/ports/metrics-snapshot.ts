/**
 * What is looked up when Prometheus asks.
 */

/** Keys that wait or are being worked on. */
export interface Queued {
  readonly configObjects: number;
  readonly assignments: number;
}

/** By the assignment's name, empty where none applies, and by outcome. Each assignment has all its outcomes, 0 included. */
export type ConfigObjectCounts = ReadonlyMap<string, Readonly<Record<string, number>>>;

export interface AssignmentCounts {
  /** By the reason of their stored condition Ready; empty where none is stored yet. */
  readonly byReason: Readonly<Record<string, number>>;
  readonly conflicted: number;
}

/** What others get to know of the certificates. Times in milliseconds since 1970. */
export interface CertificateState {
  /** Every webhook configuration exists and trusts the certificate that is served. As of the last look. */
  readonly trusted: boolean;
  /** When the certificate that is served, and the CA that it leads to, stop being accepted. */
  readonly leafExpiresAt: number | undefined;
  readonly caExpiresAt: number | undefined;
  /** Why the files of a provided certificate can't be used as they are now; what was served before still is. */
  readonly problem: { readonly reason: string; readonly message: string } | undefined;
  /** Rounds that failed in a row. */
  readonly failures: number;
}
