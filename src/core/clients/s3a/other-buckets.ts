/**
 * Options that send what is written for one bucket into another (rows 19 and 20). S3A uses the settings of the bucket in the
 * path, so a bucket that is left alone could be a way into one that isn't.
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, shortName, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { accessPointName, namesBucket, readEndpoint } from './endpoint.ts';
import { isAbout, noBucket } from './option.ts';

const endpoint = /^fs\.s3a\.endpoint$/;

/** Finds nothing where the assignment wants the same for all buckets. */
export function otherBuckets({ properties, perBucket, expand }: Settings): Violation[] {
  if (!perBucket) return [];
  return properties.flatMap(({ name, value, offset }) => {
    if (value === null) return [];
    if (accessPointName.test(name) && javaTrim(value) !== '') {
      const message = `${shortName(name)}: what is written for this bucket goes to that of the access point, for which the assignment may want something else`;
      return [unprovable(offset, message)];
    }
    if (!isAbout(endpoint, name, noBucket)) return [];
    const endpoints = expand(value).map(({ text }) => readEndpoint(text));
    if (!endpoints.some((read) => read.store === 'unknown' || namesBucket(read))) return [];
    const message = `${shortName(name)} may name a bucket: what is written for another one goes there, for which the assignment may want something else. Give the host of the store alone`;
    return [unprovable(offset, message)];
  });
}
