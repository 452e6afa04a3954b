/**
 * Which webhook configurations trust which CA, and since when, read from their caBundles.
 */
import type { Logger } from 'pino';
import type { TrustTarget } from '../ports/certificate-stores.ts';
import { type Authority, type CaCertificate, readCaCertificates } from './authority.ts';
import { clockTolerance } from './issue.ts';

/** By fingerprint: since when (milliseconds since 1970) this replica has seen a CA in every caBundle, without a break. */
export type TrustedSince = ReadonlyMap<string, number>;

/** The caBundle of each entry; empty where the configuration doesn't exist. */
export function bundlesOf({ found }: TrustTarget): string[] {
  return found?.entries.map(({ bundle }) => bundle) ?? [];
}

/** True where every entry of every configuration trusts the CA. A configuration that doesn't exist trusts no CA. */
export function isTrusted(ca: CaCertificate, targets: readonly TrustTarget[], now: number): boolean {
  const everyEntry = (target: TrustTarget) =>
    bundlesOf(target).every((text) => includes(readCaCertificates(text, now), ca));
  return targets.length > 0 && targets.every((target) => target.found !== undefined && everyEntry(target));
}

/** Updates since when each CA has been in every caBundle. Configurations that don't exist are left out: they cause no calls. */
export function observeTrust(
  known: readonly CaCertificate[],
  targets: readonly TrustTarget[],
  before: TrustedSince,
  now: number,
): TrustedSince {
  const existing = targets.filter(({ found }) => found !== undefined);
  const trusted = known.filter((ca) => isTrusted(ca, existing, now));
  // A clock that was put back would make the wait longer.
  return new Map(trusted.map(({ fingerprint }) => [fingerprint, Math.min(before.get(fingerprint) ?? now, now)]));
}

/**
 * When API servers can be sent to a replica that has just started, in milliseconds since 1970. Normally at once. During a
 * rotation, or a change of mode (foreign CAs in the caBundles), only once every API server has seen the new caBundle: until
 * then other replicas may serve leaves of another CA.
 */
export function readyAt(
  ca: CaCertificate,
  { retired }: Authority,
  trustedSince: TrustedSince,
  settling: number,
  foreignCas = false,
): number {
  const since = trustedSince.get(ca.fingerprint) ?? Number.POSITIVE_INFINITY;
  if (foreignCas) return since + settling;
  return retired.length === 0 ? since : Math.min(since, ca.issuedAt + clockTolerance) + settling;
}

/** Whether a CA is among the certificates, by fingerprint. */
export function includes(certificates: readonly CaCertificate[], wanted: CaCertificate): boolean {
  return certificates.some(({ fingerprint }) => fingerprint === wanted.fingerprint);
}

/** The names of configurations that don't exist. */
export function namesOfMissing(targets: readonly TrustTarget[]): string[] {
  return targets.filter(({ found }) => found === undefined).map(({ name }) => name);
}

/** Logs each configuration that doesn't exist, once. */
export function warnOfMissing(found: readonly TrustTarget[], before: readonly TrustTarget[], log: Logger): void {
  const known = namesOfMissing(before);
  for (const configuration of namesOfMissing(found)) {
    if (!known.includes(configuration)) log.warn({ configuration }, 'webhook configuration does not exist');
  }
}
