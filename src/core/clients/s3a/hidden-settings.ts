/**
 * Lists of settings that Hive removes from the configuration of its jobs, which would then write without them (row 24).
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { globalNames } from './encryption-properties.ts';

/** The last two are options of Hive on MR3: one lists names, the other prefixes. */
const options: ReadonlySet<string> = new Set([
  'hive.conf.hidden.list',
  'hive.mr3.config.remove.keys',
  'hive.mr3.config.remove.prefixes',
]);
const encryption = [...globalNames('algorithm'), ...globalNames('key'), ...globalNames('context')];
const bucketPrefix = 'fs.s3a.bucket.';
/** The secrets of a bucket, which such a list is meant for. */
const bucketSecret = /\.(?:access\.key|secret\.key|session\.token|proxy\.password)$/;

/** Hive empties every property whose name begins with an entry of the list, also a final one. An empty entry matches every name. */
export function hiddenSettings({ properties, perBucket, expand }: Settings): Violation[] {
  const hides = (entry: string) => {
    if (encryption.some((name) => name.startsWith(entry))) return true;
    return perBucket && entry.startsWith(bucketPrefix) && !bucketSecret.test(entry);
  };
  return properties.flatMap(({ name, value, offset }) => {
    if (!options.has(name) || value === null || value === '') return [];
    const isHarmless = expand(value).every(({ text, known }) => known && !text.split(',').map(javaTrim).some(hides));
    if (isHarmless) return [];
    const message = `${name} hides encryption properties from the jobs of Hive, which then write without the key: leave them out of the list`;
    return [unprovable(offset, message)];
  });
}
