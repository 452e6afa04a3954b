/**
 * The audit's result: what `-o json` prints, and what the table and the page are made of.
 */
import type { AuditOutcome, OutcomeCounts } from './outcomes.ts';

/** What a plan warns of while the object is stored. */
export type WarningReason = 'Overridden' | 'NotProvable' | 'OtherStore';

export interface AuditReport {
  readonly kind: 'AuditReport';
  /** Of this form: a field that goes, or changes its meaning, makes it another. */
  readonly format: 1;
  /** When the lists were read, in ISO 8601. */
  readonly at: string;
  readonly cluster: { readonly context: string; readonly server: string };
  readonly scope: {
    /** `unknown`: the webhook's configuration may not be read. */
    readonly operator: 'installed' | 'notInstalled' | 'unknown';
    /** Whether Secrets were listed, too. */
    readonly secrets: boolean;
    /** The namespaces that were asked for; null for all. */
    readonly namespaces: readonly string[] | null;
    /** Files whose assignments were added to those of the cluster. */
    readonly files: readonly string[];
  };
  /** What could not be seen, a sentence each. */
  readonly remarks: readonly string[];
  /** Of config objects. */
  readonly totals: OutcomeCounts;
  readonly assignments: readonly AssignmentRow[];
  readonly keys: readonly KeyRow[];
  /** The gravest first. */
  readonly namespaces: readonly NamespaceRow[];
  /** Those that are not compliant, or of which there is a warning; the gravest first. */
  readonly objects: readonly ObjectRow[];
  /** How many more there are of which only the counts tell. */
  readonly objectsLeftOut: number;
  /** Values that nothing covers, since their data keys are not among the files. */
  readonly otherValues: readonly OtherValueRow[];
  readonly otherValuesLeftOut: number;
}

export interface AssignmentRow {
  readonly name: string;
  /** Invalid: stored under another schema than this program's, so that it applies nowhere. */
  readonly valid: boolean;
  readonly origin: 'cluster' | 'file';
  readonly target: string;
  /** Undefined for an invalid one. */
  readonly algorithm?: string;
  readonly key?: string;
  readonly enforcement?: string;
  readonly otherStores?: string;
  readonly problems?: readonly string[];
  /** Namespaces that have it, alone or in conflict with others. */
  readonly namespaces: number;
  readonly counts: OutcomeCounts;
}

/** A key that files name, or that an assignment gives. */
export interface KeyRow {
  /** An ARN, or one of those below. */
  readonly key: string;
  readonly kind: 'arn' | PresentKeyKind;
  readonly assignedBy: readonly string[];
  /** Files that name it for all buckets, as they are stored. */
  readonly filesNow: number;
  /** Files that would name it for all buckets if every change were made. */
  readonly filesAfter: number;
}

/**
 * What a file says of its key, where that is no ARN: the account's default key; no KMS; SSE-C or client-side encryption;
 * what only a running client knows (a variable, a credential store), a file that can't be read, or one of a Secret.
 */
export type PresentKeyKind = 'accountDefault' | 'none' | 'otherEncryption' | 'unknown';

export interface NamespaceRow {
  readonly name: string;
  readonly state: 'assigned' | 'conflicted' | 'unassigned' | 'excluded';
  /** One, or in conflict several; none otherwise. */
  readonly assignments: readonly string[];
  readonly enforcement?: string;
  readonly counts: OutcomeCounts;
  readonly warnings: { readonly [R in WarningReason]?: number };
  /** Objects with values under other data keys. */
  readonly otherValues: number;
}

export interface ObjectRow {
  readonly namespace: string;
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly outcome: AuditOutcome;
  /** Empty where nothing is to be said of a single file. */
  readonly findings: readonly FindingRow[];
  /** How many there are, those that are left out here included. */
  readonly findingCount: number;
}

export interface FindingRow {
  /** The file's data key; empty where it is the object as a whole. */
  readonly key: string;
  /** The reason's word, as in denials and Events; `WouldChange` for a file that would be edited. */
  readonly reason: string;
  readonly severity: 'error' | 'warning' | 'note';
  /** Null where it is the file as a whole. */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

export interface OtherValueRow {
  readonly namespace: string;
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string;
  /** A Hadoop `<configuration>` that sets something, or a text that names settings of S3A. */
  readonly looksLike: 'configuration' | 's3aSettings';
}
