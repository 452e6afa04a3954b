/**
 * What a stored core-site.xml makes S3A do, under every name that any version of Hadoop goes by.
 */
import { effectiveValues } from '../../src/core/clients/s3a/configuration.ts';
import { toEncryptionProperty } from '../../src/core/clients/s3a/encryption-properties.ts';
import { readProperties } from '../product/effective.ts';

const names = [
  'fs.s3a.server-side-encryption-algorithm',
  'fs.s3a.server-side-encryption.key',
  'fs.s3a.encryption.algorithm',
  'fs.s3a.encryption.key',
];

/** Whether every bucket's objects are encrypted by SSE-KMS with this key, under old and new names, and nothing later can change that. */
export function encryptsWith(file: string, key: string): boolean {
  const encryptionProperties = readProperties(file).filter(({ name }) => toEncryptionProperty(name) !== null);
  const values = effectiveValues(encryptionProperties);
  const isRight = ([name, value]: [string, string]) => {
    const property = toEncryptionProperty(name);
    return property?.bucket === null && value === (property.setting === 'algorithm' ? 'SSE-KMS' : key);
  };
  return (
    names.every((name) => values.has(name)) &&
    [...values].every(isRight) &&
    encryptionProperties.every(({ final }) => final)
  );
}

/** Whether `after` is `before` with something put in at one place, and every other character as it was. */
export function isInsertion(before: string, after: string): boolean {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return after.length > before.length && after.endsWith(before.slice(same));
}
