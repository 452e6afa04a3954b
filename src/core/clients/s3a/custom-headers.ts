/**
 * Headers that the file adds to the requests of Hadoop 3.5 (rows 15, 20 and 22).
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, shortName, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { isAbout, noBucket } from './option.ts';

const option = /^fs\.s3a\.client\.[^.]{1,20}\.custom\.headers$/;
/** The SDK sends it beside ours, `x-amz-server-side-encryption: aws:kms, AES256`, and signs both. */
const encryption = /x-amz-server-side-encryption/iu;
/** It saves requests to KMS, under the same key. */
const bucketKey = /^\s*x-amz-server-side-encryption-bucket-key-enabled\s*=[^=;]*$/iu;
/** S3 takes the bucket from it, also where it is one of a bucket that is left alone. */
const host = /^host$/iu;

/** Values are `name=value;value, name=value`, or a line each. */
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
 * The SDK compares names of headers letter by letter as Java's CASE_INSENSITIVE_ORDER does, and sends the one that it saw first.
 * Four letters are ASCII's by that: the flags `iu` fold U+017F and U+212A, and not the dotted I and the dotless i.
 */
function withAsciiI(text: string): string {
  return text.replace(/[\u0130\u0131]/g, 'i');
}
