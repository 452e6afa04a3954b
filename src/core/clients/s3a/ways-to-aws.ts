/**
 * What in a file may lead S3A to AWS, whatever another file beside it names as the store.
 */
import { javaTrim, type Property } from './configuration.ts';
import { type HadoopDocument, includesFiles } from './document.ts';
import { accessPointName, endpointName, readEndpoint } from './endpoint.ts';

export interface WaysToAws {
  /** An include, which may set anything. */
  readonly unseen: boolean;
  /** Buckets with an endpoint that may be AWS's or with an access point, which is; null: all that have none of their own. */
  readonly buckets: ReadonlySet<string | null>;
}

export const noWay: WaysToAws = { unseen: false, buckets: new Set() };

export function joinWays(ways: readonly WaysToAws[]): WaysToAws {
  return {
    unseen: ways.some(({ unseen }) => unseen),
    buckets: new Set(ways.flatMap(({ buckets }) => [...buckets])),
  };
}

export function findWaysToAws(document: HadoopDocument): WaysToAws {
  const properties = document.elements.flatMap((element) => element.properties);
  return { unseen: includesFiles(document), buckets: findBuckets(properties) };
}

/**
 * Each property counts, also one that another overrides: which of two wins may be for another file to say, and for S3A's order
 * of names that are the same but for blanks.
 */
export function findBuckets(
  properties: readonly Pick<Property, 'trimmedName' | 'value' | 'final'>[],
): ReadonlySet<string | null> {
  const found = new Set<string | null>();
  for (const { trimmedName, value, final } of properties) {
    const endpoint = endpointName.exec(trimmedName);
    if (endpoint !== null && (value === null ? final : readEndpoint(value).store !== 'other'))
      found.add(endpoint[1] ?? null);
    const accessPoint = accessPointName.exec(trimmedName)?.[1];
    if (accessPoint !== undefined && javaTrim(value ?? '') !== '') found.add(accessPoint);
  }
  return found;
}
