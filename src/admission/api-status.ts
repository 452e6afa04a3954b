/**
 * `metav1.Status`, the form in which Kubernetes' clients show an error. Where the webhook answers with an HTTP error, the API
 * server puts the message into its own answer, so the user of kubectl sees it.
 */

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  /** The data key, for example `core-site.xml`. */
  readonly field?: string;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly status: 'Failure';
  /** The HTTP code; kubectl shows the reason: `Error from server (Malformed): …`. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: { readonly causes: readonly StatusCause[] };
}

/** Builds the Status of an error. */
export function failure(code: number, reason: string, message: string, causes: readonly StatusCause[] = []): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
    ...(causes.length > 0 && { details: { causes } }),
  };
}
