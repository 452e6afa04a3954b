/**
 * What an endpoint of S3A names: AWS or another store, and whether it names a bucket, too. Read as S3A of 2.10 to 3.5 reads it.
 */
import { javaTrim } from './configuration.ts';

export interface Endpoint {
  /**
   * `aws` where any version would go to AWS: other stores are exempt only where no version does. `unknown` where a variable
   * is left in the value, so that the caller has to say what follows.
   */
  readonly store: 'aws' | 'other' | 'unknown';
  /** In lower case, without port and last dot; empty for AWS's own default. */
  readonly host: string;
  /** The bucket, or the access point, in the host of an endpoint of AWS. */
  readonly bucket: string | null;
  /** What follows the host and may be a bucket, or hide the one that S3A appends. */
  readonly path: string | null;
  /** 2.10 to 3.3 put the bucket in front of it, `https://BUCKET.user@host`, so that it is lost and the host's bucket is meant. */
  readonly hasUser: boolean;
}

/**
 * The domains of the partitions, with their dual-stack ones, as in partitions.json of the AWS SDK 2.35.4: aws and aws-us-gov,
 * aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f.
 */
const awsDomains = [
  ...['amazonaws.com', 'api.aws'],
  ...['amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ...['amazonaws.eu', 'api.amazonwebservices.eu'],
  ...['c2s.ic.gov', 'api.aws.ic.gov'],
  ...['sc2s.sgov.gov', 'api.aws.scloud'],
  ...['cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ...['csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
];

/** A bucket has no long form of it: `fs.s3a.bucket.B.fs.s3a.endpoint` is the endpoint of a bucket called `B.fs.s3a`. */
export const endpointName = /^fs\.s3a\.(?:bucket\.(.+)\.)?endpoint$/s;
/** Read for one bucket alone, and in this form alone. */
export const accessPointName = /^fs\.s3a\.bucket\.(.+)\.accesspoint\.arn$/s;

/** Hadoop 3.4 and later go to AWS whatever stands before it, `https://minio/s3.amazonaws.com` included. */
const central = 's3.amazonaws.com';

/**
 * The value of `fs.s3a.endpoint`, expanded as far as the file can tell.
 *
 * Hadoop trims it and puts `https://` in front of it unless it holds `://`; then java.net.URI reads it. What that refuses
 * starts no client, so that it doesn't matter what is answered here.
 */
export function readEndpoint(value: string): Endpoint {
  const trimmed = javaTrim(value);
  if (trimmed.includes('${')) return { store: 'unknown', host: '', bucket: null, path: null, hasUser: false };
  if (trimmed === '') return { store: 'aws', host: '', bucket: null, path: null, hasUser: false };
  const [authority, path] = split(trimmed);
  const server = authority.slice(authority.lastIndexOf('@') + 1);
  const host = server.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  const labels = labelsOfAws(host);
  return {
    store: labels !== null || trimmed.endsWith(central) ? 'aws' : 'other',
    host,
    bucket: labels && bucketIn(labels),
    path: path === '' || path === '/' ? null : path,
    hasUser: server !== authority,
  };
}

/** Whether the requests may go to another bucket than the one that a path names. */
export function namesBucket({ bucket, path, hasUser }: Endpoint): boolean {
  return bucket !== null || path !== null || hasUser;
}

/** The authority, and all that follows it. */
function split(value: string): readonly [string, string] {
  const start = value.indexOf('://');
  const rest = start < 0 ? value : value.slice(start + 3);
  const end = rest.search(/[/?#]/);
  return end < 0 ? [rest, ''] : [rest.slice(0, end), rest.slice(end)];
}

/** What stands in front of the domain, one label each; null for a host that isn't AWS's. */
function labelsOfAws(host: string): readonly string[] | null {
  const domain = awsDomains.find((candidate) => `.${host}`.endsWith(`.${candidate}`));
  if (domain === undefined) return null;
  const labels = host.slice(0, -domain.length).split('.').slice(0, -1);
  return serviceIn(labels) < 0 && labels.some(isOwnServer) ? null : labels;
}

/** A load balancer or a virtual machine: its owner may run any store on it. */
function isOwnServer(label: string): boolean {
  return label === 'elb' || label === 'compute' || label === 'compute-1';
}

/** Where s3, s3-us-west-2, s3-fips, s3-accesspoint, s3express-usw2-az1 or the like stands; a bucket may be called so, too. */
function serviceIn(labels: readonly string[]): number {
  return labels.findLastIndex((label) => /^s3(?:$|-|express)/.test(label));
}

/**
 * BUCKET.s3.REGION.DOMAIN, BUCKET.bucket.vpce-ID.s3.REGION.vpce.DOMAIN, NAME-ACCOUNT.s3-accesspoint.REGION.DOMAIN,
 * ALIAS.mrap.accesspoint.s3-global.DOMAIN and the like: what stands in front of the service.
 */
function bucketIn(labels: readonly string[]): string | null {
  const before = labels.slice(0, Math.max(0, serviceIn(labels))).join('.');
  const bucket = before.replace(/(?:^|\.)(?:(?:bucket|accesspoint|control)\.)?vpce-[a-z0-9-]+$/, '');
  return bucket === '' ? null : bucket;
}
