/**
 * What in a file may lead S3A to AWS, even if another file of the object sets an endpoint that isn't AWS.
 */
import { javaTrim, type Property } from './configuration.ts';
import { type HadoopDocument, includesFiles } from './document.ts';
import { accessPointName, endpointName, readEndpoint } from './endpoint.ts';

export interface WaysToAws {
  /** The file has an include, which may set anything. */
  readonly unseen: boolean;
  /** Buckets whose endpoint may be AWS, or that have an access point, which always is AWS. Null stands for all buckets without their own endpoint. */
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
 * Every property counts, also one that another overrides: which of two wins may depend on another file, or on S3A's order of
 * names that differ in blanks only.
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
