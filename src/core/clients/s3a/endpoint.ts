/**
 * What an S3A endpoint refers to: AWS or another store, and perhaps a bucket. Read as S3A of 2.10 to 3.5 reads it.
 */
import { javaTrim } from './configuration.ts';

export interface Endpoint {
  /**
   * `aws` where any version of Hadoop would go to AWS: only a store that no version takes for AWS may be left alone. `unknown`
   * where the value still holds a variable; the caller decides what follows.
   */
  readonly store: 'aws' | 'other' | 'unknown';
  /** In lower case, without port and trailing dot; empty for AWS's default endpoint. */
  readonly host: string;
  /** The bucket, or the access point, in the host of an endpoint of AWS. */
  readonly bucket: string | null;
  /** The part after the host. It may be a bucket, or hide the bucket that S3A appends. */
  readonly path: string | null;
  /** The endpoint holds `user@`. 2.10 to 3.3 put the bucket before it, `https://BUCKET.user@host`: the bucket is lost, and the host's is used. */
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

/** The endpoint has no long form for a bucket: `fs.s3a.bucket.B.fs.s3a.endpoint` is the endpoint of a bucket called `B.fs.s3a`. */
export const endpointName = /^fs\.s3a\.(?:bucket\.(.+)\.)?endpoint$/s;
/** S3A reads an access point for one bucket only, and under this form of the name only. */
export const accessPointName = /^fs\.s3a\.bucket\.(.+)\.accesspoint\.arn$/s;

/** Hadoop 3.4 and later go to AWS for every endpoint that ends in this, `https://minio/s3.amazonaws.com` included. */
const central = 's3.amazonaws.com';

/**
 * Reads the value of `fs.s3a.endpoint`, which the caller has expanded as far as the file allows.
 *
 * Hadoop trims it and puts `https://` in front of it unless it holds `://`; then java.net.URI reads it. With a value that
 * java.net.URI refuses no client starts, so the answer for it doesn't matter.
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

/** Whether requests may go to another bucket than the one in the path `s3a://BUCKET/`. */
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

/**
 * The index of the last label like s3, s3-us-west-2, s3-fips, s3-accesspoint or s3express-usw2-az1, or -1. The last, since a
 * bucket may have such a name too.
 */
function serviceIn(labels: readonly string[]): number {
  return labels.findLastIndex((label) => /^s3(?:$|-|express)/.test(label));
}

/**
 * BUCKET.s3.REGION.DOMAIN, BUCKET.bucket.vpce-ID.s3.REGION.vpce.DOMAIN, NAME-ACCOUNT.s3-accesspoint.REGION.DOMAIN,
 * ALIAS.mrap.accesspoint.s3-global.DOMAIN and the like: the part before the service.
 */
function bucketIn(labels: readonly string[]): string | null {
  const before = labels.slice(0, Math.max(0, serviceIn(labels))).join('.');
  const bucket = before.replace(/(?:^|\.)(?:(?:bucket|accesspoint|control)\.)?vpce-[a-z0-9-]+$/, '');
  return bucket === '' ? null : bucket;
}
