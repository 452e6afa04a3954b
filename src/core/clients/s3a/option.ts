/**
 * Options of S3A by name, for all buckets or for one.
 */

const bucketPrefix = 'fs.s3a.bucket.';
/** No option of a check is longer, its long form included. This bounds the work that a name can cause. */
const maxOptionLength = 120;

/** For an option that also counts for buckets that are left alone. */
export const noBucket: ReadonlySet<string> = new Set();

/**
 * Whether a name is an option that `pattern` matches as `fs.s3a.x`: the option itself, `fs.s3a.bucket.B.x`, or its long form,
 * for some bucket B that isn't left alone. Bucket names may contain dots, so several B may fit.
 */
export function isAbout(pattern: RegExp, name: string, unmanaged: ReadonlySet<string>): boolean {
  if (!name.startsWith(bucketPrefix)) return pattern.test(name);
  const first = Math.max(bucketPrefix.length, name.length - maxOptionLength);
  for (let dot = name.indexOf('.', first); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const rest = name.slice(dot + 1);
    if (rest === 'impl') continue; // Hadoop ignores `impl` for a bucket
    if (!pattern.test(rest.startsWith('fs.s3a.') ? rest : `fs.s3a.${rest}`)) continue;
    if (!unmanaged.has(name.slice(bucketPrefix.length, dot))) return true;
  }
  return false;
}
