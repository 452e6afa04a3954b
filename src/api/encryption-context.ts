/**
 * The schema of `encryptionContext`: pairs that Hadoop can split again, and KMS accepts.
 */
import { z } from 'zod';
import { annotate, matches, textMap } from './rules.ts';

const maxPairs = 16;
const maxLength = 128;

/** Hadoop splits at ',' and '=' and trims; the rest is what S3 and KMS allow in an encryption context. */
const pattern = '^[-A-Za-z0-9.:/+@][-A-Za-z0-9_.:/+@]*( [-A-Za-z0-9_.:/+@]+)*$';
const message =
  "an encryption context has keys and values of letters, digits, single blanks and '-_.:/+@': Hadoop takes ',' and '=' for separators";

const value = annotate(z.string().max(maxLength), { description: 'The value of the pair.' }, [
  matches(pattern, message),
]);

export const encryptionContext = annotate(
  textMap(value, message),
  {
    description:
      "Pairs that requests to KMS carry, so that key policies and grants can require them; the workload's own are removed. {} removes them and sets none. Read by Hadoop 3.5.0 and later; earlier versions ignore it.",
    maxProperties: maxPairs,
    'x-kubernetes-map-type': 'atomic',
  },
  [
    { test: (value) => Object.keys(value).length <= maxPairs, message: `at most ${maxPairs} pairs` },
    {
      cel: `self.all(key, key.size() <= ${maxLength} && key.matches('${pattern}'))`,
      test: (value) => Object.keys(value).every((key) => key.length <= maxLength && new RegExp(pattern).test(key)),
      message,
    },
    {
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
      cel: "!self.exists(key, key.startsWith('aws:'))",
      test: (value) => !Object.keys(value).some((key) => key.startsWith('aws:')),
      message:
        "names that begin with aws: are AWS's own: S3 adds aws:s3:arn, the ARN of the object or bucket, to each request by itself, so leave it out here and write it in the key policy alone",
    },
  ],
);
