/**
 * What the controller asks of OpenReports: one Report (openreports.io/v1alpha1) a namespace, of one fixed name.
 */

export type ReportOutcome = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

/** The fields of a result that this operator sets. Only `timestamp` is added by the store. */
export interface ReportResult {
  readonly policy: string;
  readonly rule: string;
  readonly result: ReportOutcome;
  readonly scored: boolean;
  readonly severity: 'high' | 'medium';
  readonly category: string;
  readonly source: string;
  readonly message: string;
  readonly resources: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
  }[];
  readonly properties: Readonly<Record<string, string>>;
}

export interface Report {
  readonly source: string;
  readonly scope: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly configuration: { readonly limits: { readonly maxResults: number } };
  /** Counts all results, those that were left out included. */
  readonly summary: Readonly<Record<ReportOutcome, number>>;
  readonly results: readonly ReportResult[];
  /** How many results were left out, since a Report has a bound. */
  readonly leftOut: number;
}

/** `noDefinition`: the API server doesn't know OpenReports' Report. `foreign`: somebody else's Report has the name, and stays. */
export type ReportWrite = 'written' | 'conflict' | 'gone' | 'foreign' | 'noDefinition';

export interface ReportStore {
  /** Digests of all stored Reports of ours, by namespace. Equal digests: equal Reports, but for the times of their results. */
  readonly list: (signal: AbortSignal) => Promise<ReadonlyMap<string, string> | 'noDefinition'>;
  readonly toDigest: (report: Report) => string;
  /** Replaces, creates, or (undefined) deletes the Report. A result that stays the same keeps its time. */
  readonly write: (
    namespace: string,
    report: Report | undefined,
    now: Date,
    signal: AbortSignal,
  ) => Promise<ReportWrite>;
}
