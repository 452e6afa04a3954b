/**
 * Where Spark's properties name stores that aren't AWS: for S3A, and for catalogs.
 */

import { readProperties } from '../../formats/properties/read.ts';
import { catalogPrefix, toCatalogOption } from '../iceberg/catalogs.ts';
import { endpointName } from '../s3a/endpoint.ts';
import { type OtherStore, toOtherEndpoint, toOtherStores } from '../s3a/other-stores.ts';
import { findBuckets, type WaysToAws } from '../s3a/ways-to-aws.ts';
import { type SparkSetting, sparkHadoop, toSettings, toValuesWhenAsked } from './settings.ts';

export interface SparkStores {
  readonly s3a: readonly OtherStore[];
  readonly catalogs: readonly CatalogStore[];
}

export interface CatalogStore extends OtherStore {
  readonly catalog: string;
}

export function findSparkStores(settings: readonly SparkSetting[]): SparkStores {
  const values = toValuesWhenAsked(settings);
  const ofHadoop = settings
    .filter(({ name, hadoop }) => name.startsWith(sparkHadoop) && endpointName.test(hadoop ?? ''))
    .map(({ hadoop, offset }) => ({ name: hadoop ?? '', offset }));
  const ofCatalogs = settings.filter(({ name }) => name.startsWith(catalogPrefix));
  const catalogs = ofCatalogs.flatMap(({ name, value, offset }): CatalogStore[] => {
    const option = toCatalogOption(name);
    const endpoint = option?.option === 's3.endpoint' ? toOtherEndpoint(value, values) : undefined;
    return option === null || endpoint === undefined
      ? []
      : [{ catalog: option.catalog, bucket: null, name, endpoint, offset }];
  });
  return { s3a: toOtherStores(ofHadoop, () => [values]), catalogs };
}

/** As `findWaysToAws` for Hadoop's files. A text that Spark can't read has none. */
export function findSparkWaysToAws(text: string): WaysToAws {
  const read = readProperties(text);
  return waysToAwsIn(read.ok ? toSettings(read.items.filter((item) => item.kind === 'entry')).own : []);
}

export function waysToAwsIn(settings: readonly SparkSetting[]): WaysToAws {
  const properties = settings.flatMap(({ hadoop, value }) =>
    hadoop === null ? [] : [{ trimmedName: hadoop, value, final: false }],
  );
  return { unseen: false, buckets: findBuckets(properties) };
}
