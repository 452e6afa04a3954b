/**
 * Settings that Hive takes out of the configuration of its jobs, so that they would write without them (row 24).
 */
import { javaTrim } from './configuration.ts';
import { type Finding, type Settings, unprovable } from './finding.ts';
import { globalNames } from './s3a.ts';

const option = 'hive.conf.hidden.list';
const encryption = [...globalNames('algorithm'), ...globalNames('key'), ...globalNames('context')];
const bucketPrefix = 'fs.s3a.bucket.';
/** The secrets of a bucket, for which the list is. */
const bucketSecret = /\.(?:access\.key|secret\.key|session\.token|proxy\.password)$/;

/** It sets each name that begins with an entry of the list to nothing, a final one too; an empty entry begins every name. */
export function hiddenSettings({ properties, perBucket, expand }: Settings): Finding[] {
  const hides = (entry: string) => {
    if (encryption.some((name) => name.startsWith(entry))) return true;
    return perBucket && entry.startsWith(bucketPrefix) && !bucketSecret.test(entry);
  };
  return properties.flatMap(({ name, value, offset }) => {
    if (name !== option || value === null || value === '') return [];
    const isHarmless = expand(value).every(({ text, known }) => known && !text.split(',').map(javaTrim).some(hides));
    if (isHarmless) return [];
    const message = `${option} hides encryption properties from the jobs of Hive, which then write without the key: leave them out of the list`;
    return [unprovable(offset, message)];
  });
}
