/**
 * The values that are looked up at each scrape.
 */

import type { KeyReason } from '../core/kms/judge-key.ts';

/** Keys that wait or are being worked on. */
export interface Queued {
  readonly configObjects: number;
  readonly assignments: number;
}

/** Counts by the assignment's name (empty where none applies) and by outcome. Each assignment has all outcomes, 0 included. */
export type ConfigObjectCounts = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Counts of KMS keys, by what KMS says of them. Each reason is there, 0 included. */
export type KeyCounts = Readonly<Record<KeyReason, number>>;

export interface AssignmentCounts {
  /** By the reason of their stored condition Ready; empty where none is stored yet. */
  readonly byReason: Readonly<Record<string, number>>;
  readonly conflicted: number;
}

/** The state of the certificates. Times in milliseconds since 1970. */
export interface CertificateState {
  /** Every webhook configuration existed and trusted the served certificate when it was last read. */
  readonly trusted: boolean;
  /** When the served certificate and its CA expire. */
  readonly leafExpiresAt: number | undefined;
  readonly caExpiresAt: number | undefined;
  /** Why the files of a provided certificate can't be used; the earlier certificate is still served. */
  readonly problem: { readonly reason: string; readonly message: string } | undefined;
  /** Rounds that failed in a row. */
  readonly failures: number;
}
