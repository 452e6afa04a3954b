/**
 * The parts of a KMS key's ARN, and the names that differ between AWS partitions.
 */

export interface KeyArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/**
 * `arn` must be one that the custom resource's rules accept.
 * @throws TypeError for any other text: a bug.
 */
export function parseKeyArn(arn: string): KeyArn {
  const [, partition, , region, account] = arn.split(':');
  if (partition === undefined || region === undefined || account === undefined) {
    throw new TypeError(`${arn} is no key's ARN, which the rules of the custom resource should have refused`);
  }
  return { arn, partition, region, account };
}

/** As in the SDKs' partitions.json. A partition that isn't listed is newer than this table. */
const dnsSuffixes: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-us-gov': 'amazonaws.com',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
  'aws-eusc': 'amazonaws.eu',
};

export const partitions: readonly string[] = Object.keys(dnsSuffixes);

/** The value of `kms:ViaService` when S3 uses a key of this Region. */
export function toS3Service({ partition, region }: Pick<KeyArn, 'partition' | 'region'>): string {
  return `s3.${region}.${dnsSuffixes[partition] ?? 'amazonaws.com'}`;
}

export function toBucketArn(partition: string, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}
