/**
 * What the controller asks of the cluster: watched collections and a few single requests, and nothing of HTTP.
 */
import type { AssignmentStatus } from '../api/assignment-status.ts';
import type { Namespace } from '../core/assignment/resolve.ts';
import type { KeyReason } from '../core/kms/judge-key.ts';
import type { ConfigObjectKind } from '../core/plan/config-object.ts';
import type { ProblemReason } from '../core/reasons.ts';
import type { ReportStore } from './report-store.ts';
import type { ExchangeCounts } from './reverted-counts.ts';
import type { StoredObject } from './stored-object.ts';

/** What the watcher of a collection does with its objects. */
export interface EventHandler<T> {
  /** What is kept of an object; `undefined` keeps nothing. `before` is what was kept of its last version. */
  readonly reduce: (object: StoredObject, before: T | undefined) => T | undefined;
  /** Called when what is kept under a key (`name` or `namespace/name`) changed. */
  readonly onChange: (key: string, before: T | undefined, after: T | undefined) => void;
  /** Called after every complete list (resync), once `onChange` was called for its changes. `rewound`: etcd was restored from a backup. */
  readonly onListed: (rewound: boolean) => void;
}

/** A collection that is being watched. */
export interface Informer<T> {
  get(key: string): T | undefined;
  entries(): IterableIterator<[string, T]>;
  /** True once the first list is complete. */
  listed(): boolean;
  secondsSinceSync(): number;
  /** Resolves once no handler will be called any more. */
  stop(): Promise<void>;
}

export type StartInformer = <T>(handler: EventHandler<T>) => Informer<T>;

/** The outcome of an empty merge patch. Errors for which a retry can help are thrown instead. */
export type Readmission =
  | { readonly kind: 'answered'; readonly object: StoredObject }
  | { readonly kind: 'gone' }
  /** Refused, and a retry doesn't help: by our webhook, another webhook, a policy, or for lack of rights. */
  | { readonly kind: 'denied'; readonly message: string };

/** An Event on a ConfigMap or Secret. */
export interface ConfigObjectEvent {
  readonly kind: ConfigObjectKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly assignment: string;
  readonly reason: ProblemReason;
  readonly message: string;
}

/** An Event on an assignment, about a key that it names. */
export interface KeyEvent {
  readonly assignment: string;
  readonly uid: string;
  readonly reason: KeyReason;
  readonly message: string;
  /** Equal for Events of which one is enough. */
  readonly digest: string;
}

/**
 * Status subresource: 'stale' where the assignment is no longer the version that was read, or is gone.
 */
export type StatusWrite = { readonly kind: 'written'; readonly object: StoredObject } | { readonly kind: 'stale' };

/** A request whose signal aborts may or may not have been carried out. */
export interface ClusterClient {
  /** All KmsKeyAssignments. */
  readonly watchAssignments: StartInformer;
  /** All namespaces. */
  readonly watchNamespaces: StartInformer;
  /** The operator's own MutatingWebhookConfiguration: its `namespaceSelector` says which namespaces are covered. */
  readonly watchScope: StartInformer;
  /** The operator's own ValidatingWebhookConfiguration; undefined where its existence isn't checked. */
  readonly watchValidator?: StartInformer;
  /** All ConfigMaps. */
  readonly watchConfigMaps: StartInformer;
  /** All Secrets; undefined where they are not covered. */
  readonly watchSecrets?: StartInformer;
  /** All assignments, by a consistent read that begins now; with `metadata` their metadata only. */
  readonly listAssignments: (part: 'metadata' | 'whole') => Promise<readonly StoredObject[]>;
  /** A namespace read live; undefined where there is none. */
  readonly readNamespace: (name: string) => Promise<Namespace | undefined>;
  /** A ConfigMap or Secret read live; undefined where there is none. */
  readonly readConfigObject: (
    namespace: string,
    name: string,
    signal: AbortSignal,
    kind: ConfigObjectKind,
  ) => Promise<StoredObject | undefined>;
  /** Sends the empty merge patch, on which admission runs. */
  readonly readmit: (
    namespace: string,
    name: string,
    signal: AbortSignal,
    kind: ConfigObjectKind,
  ) => Promise<Readmission>;
  /** Replaces the status of an assignment that is still of this version. */
  readonly writeStatus: (
    name: string,
    resourceVersion: string,
    status: AssignmentStatus,
    signal: AbortSignal,
  ) => Promise<StatusWrite>;
  /** Also succeeds where the same Event exists already. */
  readonly writeEvent: (event: ConfigObjectEvent, signal: AbortSignal) => Promise<void>;
  /** The same for an Event on an assignment. */
  readonly writeKeyEvent: (event: KeyEvent, signal: AbortSignal) => Promise<void>;
  /** Undefined where replicas don't share counts of reverted updates. */
  readonly exchangeCounts?: ExchangeCounts;
  /** Undefined where no Reports are written. */
  readonly reports?: ReportStore;
}
