/**
 * What the certificates need from the cluster: a place for the CA, and webhook configurations that trust it.
 */

/** A Secret's `data`, decoded as UTF-8. */
export type SecretData = Readonly<Record<string, string>>;

/** 'conflict' where another writer was first: read again. */
export type WriteOutcome = 'written' | 'conflict';

/** Where the CA is kept. Both methods reject where the cluster can't be reached or refuses. */
export interface SecretStore {
  read(): Promise<StoredSecret | undefined>;
  /**
   * Creates the Secret where `after` is undefined, else sets `data`'s keys if it is still that version; other keys, labels and
   * annotations stay. 'conflict' where it was created, changed or deleted meanwhile.
   */
  write(data: SecretData, after: StoredSecret | undefined): Promise<WriteOutcome>;
}

export interface StoredSecret {
  readonly version: string;
  readonly data: SecretData;
}

/** The webhook configurations that must trust the served certificate. Both methods reject where the cluster can't be reached or refuses. */
export interface TrustPublisher {
  read(): Promise<readonly TrustTarget[]>;
  /**
   * Sets the caBundle of every entry that has another one, if the configuration is still the version that was read. 'conflict'
   * where it isn't, or where the configuration doesn't exist. Throws a 422 where an entry has moved to another index.
   */
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
        /** Another writer owns its caBundle: cainjector, or replicas with other settings. */
        readonly writtenByOthers?: boolean;
      }
    | undefined;
}
