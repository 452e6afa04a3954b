/**
 * Any Kubernetes object, as the API server stores it.
 */

/** As much of an object as is needed to know it by name. */
export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}
