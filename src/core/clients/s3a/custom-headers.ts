/**
 * Headers that the file adds to the requests of Hadoop 3.5 (rows 15, 20 and 22).
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, shortName, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { isAbout, noBucket } from './option.ts';

const option = /^fs\.s3a\.client\.[^.]{1,20}\.custom\.headers$/;
/** The SDK sends such a header together with ours, `x-amz-server-side-encryption: aws:kms, AES256`, and signs both. */
const encryption = /x-amz-server-side-encryption/iu;
/** This header is harmless: it saves requests to KMS, and the key stays the same. */
const bucketKey = /^\s*x-amz-server-side-encryption-bucket-key-enabled\s*=[^=;]*$/iu;
/** S3 takes the bucket from this header. It matters for buckets that are left alone too. */
const host = /^host$/iu;

/** The value is a list `name=value;value, name=value`, or has one such pair a line. */
export function customHeaders({ properties, unmanaged, expand }: Settings): Violation[] {
  return properties.flatMap(({ name, value, offset }) => {
    if (value === null || !isAbout(option, name, noBucket)) return [];
    const note = (what: string) => [unprovable(offset, `${shortName(name)} ${what}`)];
    const values = expand(value);
    const pairs = values.flatMap(({ text }) => withAsciiI(text).split(/[,\n]/));
    if (pairs.some((pair) => host.test(javaTrim(pair.replace(/=.*/s, '')))))
      return note('sets the header Host, by which S3 tells the bucket');
    if (values.some(({ known }) => !known)) return note('may set encryption headers of its own, or the header Host');
    if (!isAbout(option, name, unmanaged)) return [];
    const own = pairs.some((pair) => encryption.test(pair) && !bucketKey.test(pair));
    return own ? note('sets encryption headers of its own') : [];
  });
}

/**
 * The SDK compares header names as Java's CASE_INSENSITIVE_ORDER does, and sends the spelling that it saw first. Four letters
 * outside ASCII equal ASCII letters in that order. The flags `iu` fold two of them, U+017F and U+212A; this function replaces
 * the other two, the dotted I and the dotless i.
 */
function withAsciiI(text: string): string {
  return text.replace(/[\u0130\u0131]/g, 'i');
}
