/**
 * Options of S3A by name, for all buckets or for one.
 */

const bucketPrefix = 'fs.s3a.bucket.';
/** No option that a check looks for is longer, its long form included. Bounds the work that a name can cause. */
const maxOptionLength = 120;

/** For an option that counts for buckets that are left alone, too. */
export const noBucket: ReadonlySet<string> = new Set();

/**
 * Whether `pattern`, which is written for `fs.s3a.x`, is about this name or about `fs.s3a.bucket.B.x` and its long form
 * for some bucket B that isn't left alone. A bucket's name may contain dots, so that more than one B may fit.
 */
export function isAbout(pattern: RegExp, name: string, unmanaged: ReadonlySet<string>): boolean {
  if (!name.startsWith(bucketPrefix)) return pattern.test(name);
  const first = Math.max(bucketPrefix.length, name.length - maxOptionLength);
  for (let dot = name.indexOf('.', first); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const rest = name.slice(dot + 1);
    if (rest === 'impl') continue; // Hadoop doesn't take it over from a bucket
    if (!pattern.test(rest.startsWith('fs.s3a.') ? rest : `fs.s3a.${rest}`)) continue;
    if (!unmanaged.has(name.slice(bucketPrefix.length, dot))) return true;
  }
  return false;
}
