/**
 * The keys' part of the wiring: what asks AWS KMS, which is loaded only where it is asked.
 */
import type { Config } from '../config/command-line.ts';
import type { KeyVerification } from '../ports/key-describer.ts';

/** Undefined where keys aren't verified. */
export function toKeyVerification(config: Config): KeyVerification | undefined {
  const {
    kmsVerify,
    kmsEndpoint: endpoint,
    s3Endpoint,
    kmsRegion: region,
    kmsIntervalSeconds: intervalSeconds,
  } = config;
  if (!kmsVerify) return undefined;
  const load = async () => {
    const { buildKeyDescriber } = await import('../kms/describe-key.ts');
    return buildKeyDescriber({ endpoint, s3Endpoint });
  };
  return { load, region, intervalSeconds };
}
