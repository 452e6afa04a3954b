/**
 * Which properties are options of Iceberg's catalogs.
 */
import { describe, expect, it } from 'vitest';
import { findIcebergCatalogs, toCatalogOption, wantedOptions } from '../../../../src/core/clients/iceberg/catalogs.ts';

const at = 'spark.sql.catalog.';
const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';

describe("an option of Iceberg's catalog", () => {
  it.each([
    ['lake.s3.sse.type', 's3.sse.type'],
    ['lake.S3.SSE.Key', 's3.sse.key'],
    ['lake.s3.\u017f\u017fe.\u212aey', 's3.sse.key'],
    ['lake.\u0130o-\u0131mpl', 'io-impl'],
    ['lake.s3.\u00dfe', 's3.\u00dfe'],
  ])('is told regardless of case, a character at a time: %s', (name, option) => {
    expect(toCatalogOption(at + name)).toEqual({ catalog: 'lake', option });
  });

  it.each(['lake', '.x', 'lake.', ''])('is no other property: %j', (name) => {
    expect(toCatalogOption(at + name)).toBeNull();
  });
});

describe('a catalog', () => {
  it.each([
    ['lake', 'org.apache.iceberg.spark.SparkCatalog'],
    ['lake', 'org.apache.iceberg.spark.SparkSessionCatalog'],
    ['lake.io-impl', 'org.apache.iceberg.aws.s3.S3FileIO'],
    ['lake.s3.SSE.type', 'none'],
  ])("is one of Iceberg's by %s = %s", (name, value) => {
    expect(findIcebergCatalogs([{ name: at + name, value }])).toEqual(['lake']);
  });

  it.each([
    ['lake', 'org.example.SparkCatalog'],
    ['a.b', 'org.apache.iceberg.spark.SparkCatalog'],
    ['lake.type', 'rest'],
    ['lake.io-impl', 'org.example.FileIO'],
  ])('is none by %s = %s', (name, value) => {
    expect(findIcebergCatalogs([{ name: at + name, value }])).toEqual([]);
  });

  it("has no key where the account's default is wanted", () => {
    const options = (key: Parameters<typeof wantedOptions>[1]['key']) =>
      wantedOptions('lake', { algorithm: 'DSSE-KMS', key, buckets: [] }).map(({ name, value }) => [name, value]);
    expect(options({ arn })).toEqual([
      [`${at}lake.s3.sse.type`, 'dsse-kms'],
      [`${at}lake.s3.sse.key`, arn],
    ]);
    expect(options({ accountDefault: true })).toEqual([[`${at}lake.s3.sse.type`, 'dsse-kms']]);
  });
});
