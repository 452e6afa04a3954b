/**
 * Any Kubernetes object, as the API server stores it.
 */

/** The metadata of an object is typed; its other fields are unknown. */
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
