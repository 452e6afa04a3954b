/**
 * Asks AWS KMS about keys, and S3 for the Regions of buckets, through AWS's own SDK, which nothing else imports. It is loaded only where keys are verified.
 *
 * Credentials are found as AWS's tools find them: the environment, IRSA, EKS Pod Identity, a profile, the node's role.
 */
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { KmsAnswer } from '../core/kms/judge-key.ts';
import type { KeyDescriber } from '../ports/key-describer.ts';

export interface DescriberOptions {
  /** In place of AWS's own, in every Region; empty for AWS's own. */
  readonly endpoint: string;
  /** The same for S3; empty for AWS's own. Where `endpoint` alone is given, S3 isn't asked. */
  readonly s3Endpoint: string;
  /** For one question, its retries included. */
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 20_000;
/** For one request. */
const [connectMs, requestMs] = [3_000, 6_000];
const bucketMs = 3_000;

/** Builds it; nothing is asked yet. */
export function buildKeyDescriber({
  endpoint,
  s3Endpoint,
  timeoutMs = usualTimeoutMs,
}: DescriberOptions): KeyDescriber {
  /** One for each Region. They share the credentials, so that these are fetched once. */
  const clients = new Map<string, KMSClient>();

  function clientFor(region: string): KMSClient {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const [first] = clients.values();
    const client = new KMSClient({
      region,
      // Retries with a back-off, and slows down by itself while KMS throttles.
      retryMode: 'adaptive',
      maxAttempts: 4,
      requestHandler: { connectionTimeout: connectMs, requestTimeout: requestMs, throwOnRequestTimeout: true },
      ...(endpoint !== '' && { endpoint }),
      ...(first !== undefined && { credentials: first.config.credentials }),
    });
    clients.set(region, client);
    return client;
  }

  return {
    async describe(key, region, signal) {
      const given = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        const asked = clientFor(region).send(new DescribeKeyCommand({ KeyId: key }), { abortSignal: given });
        // The SDK looks at its signal only once it has credentials.
        const { KeyMetadata } = await orAborted(asked, given);
        return toDescribed(KeyMetadata ?? {});
      } catch (error) {
        return toFailed(error);
      }
    },
    async findBucket(bucket, region, signal) {
      if (endpoint !== '' && s3Endpoint === '') return { kind: 'none' };
      const given = AbortSignal.any([signal, AbortSignal.timeout(bucketMs)]);
      try {
        const host = s3Endpoint === '' ? toS3(clientFor(region), region) : s3Endpoint.replace(/\/$/, '');
        // S3 says so whoever asks, also where it denies the bucket or sends on to its Region.
        const { headers } = await fetch(`${host}/${bucket}`, { method: 'HEAD', redirect: 'manual', signal: given });
        const found = headers.get('x-amz-bucket-region');
        return { kind: 'answered', region: found !== null && /^[a-z0-9-]{1,50}$/.test(found) ? found : undefined };
      } catch {
        return { kind: 'none' };
      }
    },
    stop() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

/** S3 of a Region, which is where KMS is, but for its name: the SDK knows the domain of each partition. */
function toS3({ config }: KMSClient, region: string): string {
  const { url } = config.endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false });
  return `https://${url.hostname.replace(/^kms\./, 's3.')}`;
}

/** What an endpoint that isn't KMS may answer can have other types. */
function toDescribed(fields: Readonly<Record<string, unknown>> | object): KmsAnswer {
  const { KeyState, KeyUsage, KeySpec, DeletionDate } = fields as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const isDate = DeletionDate instanceof Date && !Number.isNaN(DeletionDate.getTime());
  return {
    kind: 'described',
    key: {
      keyState: text(KeyState),
      keyUsage: text(KeyUsage),
      keySpec: text(KeySpec),
      deletionDate: isDate ? DeletionDate : undefined,
    },
  };
}

async function orAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([asked, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Of the network's errors the code, since all of them are called Error. The answer that the SDK hangs on its errors may be any size. */
function toFailed(error: unknown): KmsAnswer {
  const { name = '', code, message = '' } = error as Partial<Error> & { readonly code?: unknown };
  const called = name === 'Error' && typeof code === 'string' ? code : name;
  return { kind: 'failed', name: String(called).slice(0, 100), message: String(message).slice(0, 1000) };
}
