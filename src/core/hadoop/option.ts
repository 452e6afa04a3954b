/**
 * Options of S3A by name, for all buckets or for one.
 */

const bucketPrefix = 'fs.s3a.bucket.';
/** Of the oldest buckets; since 2018 it is 63. Bounds the work that a name can cause. */
const maxBucketLength = 255;

/**
 * Whether `pattern`, which is written for `fs.s3a.x`, is about this name or about `fs.s3a.bucket.B.x` and its long form
 * for some bucket B that isn't left alone. A bucket's name may contain dots: the shortest B that fits is meant.
 */
export function isAbout(pattern: RegExp, name: string, unmanaged: ReadonlySet<string>): boolean {
  if (!name.startsWith(bucketPrefix)) return pattern.test(name);
  const last = bucketPrefix.length + maxBucketLength;
  for (let dot = name.indexOf('.', bucketPrefix.length); dot >= 0 && dot <= last; dot = name.indexOf('.', dot + 1)) {
    const rest = name.slice(dot + 1);
    if (rest === 'impl') continue; // Hadoop doesn't take it over from a bucket
    if (!pattern.test(rest.startsWith('fs.s3a.') ? rest : `fs.s3a.${rest}`)) continue;
    return !unmanaged.has(name.slice(bucketPrefix.length, dot));
  }
  return false;
}
