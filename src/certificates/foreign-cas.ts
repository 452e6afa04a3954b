/**
 * Foreign CAs in the caBundles: those of another certificate mode, or of files that another replica has and this one hasn't.
 * Replicas may still be serving their certificates, so these CAs stay for a fixed time.
 */
import type { X509Certificate } from 'node:crypto';
import type { TrustTarget } from '../ports/certificate-stores.ts';
import { distinct, readCertificates } from './chain.ts';
import { bundlesOf } from './trust.ts';

/** In milliseconds, with a wide margin: how long a rollout may take, or the files of one replica may be behind those of another. */
export const laggingMs = 10 * 60_000;

/** By fingerprint: since when (milliseconds since 1970) this replica has seen a foreign CA, without a break. */
export type ForeignSince = ReadonlyMap<string, number>;

/** A bound on the caBundles' size, in case somebody fills them with certificates. */
const mostForeignCas = 8;

/** The CA certificates in the caBundles that haven't expired and aren't `isOwn`. */
export function foreignCasIn(
  targets: readonly TrustTarget[],
  isOwn: (certificate: X509Certificate) => boolean,
  now: number,
): X509Certificate[] {
  const found = targets.flatMap(bundlesOf).flatMap((text) => readCertificates(text).certificates);
  return distinct(found.filter((one) => one.ca && now < one.validToDate.getTime() && !isOwn(one)));
}

/** Updates since when this replica has seen each foreign CA. */
export function observeForeignCas(
  foreignCas: readonly X509Certificate[],
  before: ForeignSince,
  now: number,
): ForeignSince {
  // A clock that was put back would make the wait longer.
  return new Map(foreignCas.map(({ fingerprint256: one }) => [one, Math.min(before.get(one) ?? now, now)]));
}

/** The foreign CAs that stay at `now`, the newest first, and the time when the next of them leaves. */
export function keepForeignCas(
  foreignCas: readonly X509Certificate[],
  since: ForeignSince,
  lagging: number,
  now: number,
) {
  const leavesAt = ({ fingerprint256 }: X509Certificate) => (since.get(fingerprint256) ?? now) + lagging;
  const kept = foreignCas
    .filter((one) => now < leavesAt(one))
    .sort((a, b) => b.validFromDate.getTime() - a.validFromDate.getTime())
    .slice(0, mostForeignCas);
  return { kept, until: Math.min(...kept.map(leavesAt)) };
}
