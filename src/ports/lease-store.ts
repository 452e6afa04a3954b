/**
 * What the election asks of the cluster: one Lease, read and written without ever overwriting another writer's version.
 */

/** The contents of a Lease. Its times come from the writer's clock, so other processes must not calculate with them. */
export interface LeaseRecord {
  /** Empty where no process holds the Lease. */
  readonly holder: string;
  /** Whole seconds, since API servers cut off a fraction (Reloader#1206); 0 where the field was removed. */
  readonly durationSeconds: number;
  /** Milliseconds since 1970, for people who read the Lease. */
  readonly acquiredAt: number;
  readonly renewedAt: number;
  /** How often it changed hands. */
  readonly transitions: number;
}

export interface StoredLease {
  readonly version: string;
  readonly record: LeaseRecord;
}

/** `S` is what the store keeps of a Lease it has read. Failures of the cluster are thrown; another try may succeed. */
export interface LeaseStore<S extends StoredLease = StoredLease> {
  /** Undefined where there is none. */
  read(signal: AbortSignal): Promise<S | undefined>;
  /** Creates the Lease where `after` is undefined, else replaces it if it is still that version; else 'conflict'. */
  write(record: LeaseRecord, after: S | undefined, signal: AbortSignal): Promise<S | 'conflict'>;
}
