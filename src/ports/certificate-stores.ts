/**
 * What the certificates need from the cluster: a place for the CA, and webhook configurations that trust it.
 */
import type { SecretData } from '../certificates/authority.ts';

/** 'conflict' where another writer was first: read again. */
export type WriteOutcome = 'written' | 'conflict';

/** Where the CA is kept. Both methods reject where the cluster can't be reached or refuses. */
export interface SecretStore {
  read(): Promise<StoredSecret | undefined>;
  /** Creates the Secret where `after` is undefined; else changes exactly that version, leaving other keys alone. */
  write(data: SecretData, after: StoredSecret | undefined): Promise<WriteOutcome>;
}

export interface StoredSecret {
  readonly version: string;
  readonly data: SecretData;
}

/** The webhook configurations that have to trust us. Both methods reject where the cluster can't be reached or refuses. */
export interface TrustPublisher {
  read(): Promise<readonly TrustTarget[]>;
  /** Writes the caBundle of every entry, if the configuration is still the version that was read. Never creates it. */
  publish(target: TrustTarget, bundle: string): Promise<WriteOutcome>;
}

/** One webhook configuration. */
export interface TrustTarget {
  readonly name: string;
  /** Undefined where the configuration doesn't exist. */
  readonly found:
    | {
        readonly version: string;
        /** `bundle` is the caBundle as PEM text, empty where there is none. */
        readonly entries: readonly { readonly name: string; readonly bundle: string }[];
        /** Its caBundle is somebody else's to write: cainjector's, or that of replicas with other settings. */
        readonly writtenByOthers?: boolean;
      }
    | undefined;
}
