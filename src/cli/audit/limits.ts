/**
 * How many rows of objects a report has; its counts hold all of them.
 */
export interface Limits {
  readonly perNamespace: number;
  readonly inAll: number;
}

export const noLimits: Limits = { perNamespace: Number.POSITIVE_INFINITY, inAll: Number.POSITIVE_INFINITY };

/** So that a page stays some megabytes in the largest cluster. */
export const pageLimits: Limits = { perNamespace: 25, inAll: 10_000 };
