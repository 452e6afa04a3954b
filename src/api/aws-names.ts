/**
 * The forms of AWS's names: KMS key ARNs and S3 buckets.
 */
import type { CelRule } from './rules.ts';
import { matches } from './rules.ts';

const partition = 'aws(-[a-z]+)*';
const region = '[a-z]+(-[a-z]+)+-[0-9]+';
const keyId = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})';

/**
 * AWS's partitions, and the names of their Regions, as in the SDKs' partitions.json. AWS adds Regions to `aws` each year, in
 * new parts of the world too: hence any two letters but those of China.
 */
const regionsByPartition: Readonly<Record<string, string>> = {
  aws: '([abd-z][a-z]|c[a-mo-z])-[a-z]+-[0-9]+',
  'aws-cn': 'cn-[a-z]+-[0-9]+',
  'aws-us-gov': 'us-gov-[a-z]+-[0-9]+',
  'aws-iso': 'us-iso-[a-z]+-[0-9]+',
  'aws-iso-b': 'us-isob-[a-z]+-[0-9]+',
  'aws-iso-e': 'eu-isoe-[a-z]+-[0-9]+',
  'aws-iso-f': 'us-isof-[a-z]+-[0-9]+',
  'aws-eusc': 'eusc-[a-z]+-[a-z]+-[0-9]+',
};
const pairs = Object.entries(regionsByPartition).map(([name, regions]) => `${name}:kms:${regions}`);
const pairPattern = `^arn:(${pairs.join('|')}):`;
const eitherPattern = `^arn:((${Object.keys(regionsByPartition).join('|')}):kms:[^:]+|[^:]+:kms:(${Object.values(regionsByPartition).join('|')})):`;

/** https://docs.aws.amazon.com/kms/latest/developerguide/concepts-keys.html#key-id-key-ARN, in every partition. */
export const keyArnRules: readonly CelRule<string>[] = [
  {
    cel: "!self.contains('alias/')",
    test: (arn) => !arn.includes('alias/'),
    message:
      "an alias can be moved to another key at any time, and bucket policies compare key ARNs: write the key's own ARN (aws kms describe-key --key-id ALIAS --query KeyMetadata.Arn)",
  },
  {
    cel: `self.contains('alias/') || self.matches('^arn:${partition}:kms:${region}:[0-9]{12}:key/${keyId}$')`,
    test: (arn) =>
      arn.includes('alias/') || new RegExp(`^arn:${partition}:kms:${region}:[0-9]{12}:key/${keyId}$`).test(arn),
    message:
      'not the ARN of a KMS key, which looks like arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, or ends in key/mrk- and 32 hexadecimal digits for a multi-Region key',
  },
  {
    // A partition that is newer than this table has Regions that are none of the table's either.
    cel: `self.matches('${pairPattern}') || !self.matches('${eitherPattern}')`,
    test: (arn) => new RegExp(pairPattern).test(arn) || !new RegExp(eitherPattern).test(arn),
    message:
      'the partition and the Region of the ARN do not belong together: cn-… are of aws-cn, us-gov-… of aws-us-gov, us-iso-… of aws-iso, us-isob-… of aws-iso-b, eu-isoe-… of aws-iso-e, us-isof-… of aws-iso-f, eusc-… of aws-eusc, and all like us-west-2 of aws',
  },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, as far as S3A can address them. */
export const bucketNameRules: readonly CelRule<string>[] = [
  matches(
    '^[a-z0-9][-a-z0-9.]+[a-z0-9]$',
    "a bucket's name has 3 to 63 lowercase letters, digits, '-' and '.', and begins and ends with a letter or digit: no s3a:// before it, no path after it",
  ),
  {
    cel: "!self.contains('..') && !self.matches('^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$')",
    test: (name) => !name.includes('..') && !/^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$/.test(name),
    message: "a bucket's name has no two dots side by side and isn't an IP address",
  },
  {
    // fs.s3a.bucket.B.fs.s3a.encryption.key is both the long form for bucket B and the short form for bucket B.fs.s3a.
    cel: "!self.endsWith('.fs.s3a')",
    test: (name) => !name.endsWith('.fs.s3a'),
    message: "S3A can't tell the settings of a bucket whose name ends in .fs.s3a from those of the bucket without it",
  },
];
