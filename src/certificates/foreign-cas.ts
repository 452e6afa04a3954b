/**
 * CAs in the caBundles that aren't ours: another mode's, or of files that another replica has before or after us. Somebody
 * may be serving their certificates, so they stay for a while; whoever is at home there doesn't decide how long.
 */
import type { X509Certificate } from 'node:crypto';
import type { TrustTarget } from '../ports/certificate-stores.ts';
import { distinct, readCertificates } from './chain.ts';
import { bundlesOf } from './trust.ts';

/** With a wide margin in milliseconds: so long a rollout goes on, or the files of one replica are behind those of another. */
export const laggingMs = 10 * 60_000;

/** By fingerprint: since when (milliseconds since 1970) this replica has seen a foreign CA, without a break. */
export type ForeignSince = ReadonlyMap<string, number>;

/** So that nobody who fills caBundles with certificates can make them grow without end. */
const mostForeignCas = 8;

/** The CA certificates in the caBundles that haven't expired, but for those that `isOwn`. */
export function foreignCasIn(
  targets: readonly TrustTarget[],
  isOwn: (certificate: X509Certificate) => boolean,
  now: number,
): X509Certificate[] {
  const found = targets.flatMap(bundlesOf).flatMap((text) => readCertificates(text).certificates);
  return distinct(found.filter((one) => one.ca && now < one.validToDate.getTime() && !isOwn(one)));
}

export function observeForeignCas(
  foreignCas: readonly X509Certificate[],
  before: ForeignSince,
  now: number,
): ForeignSince {
  // A clock that was put back would make the wait longer.
  return new Map(foreignCas.map(({ fingerprint256: one }) => [one, Math.min(before.get(one) ?? now, now)]));
}

/** Those that still stay at `now`, the newest first, and when the next of them leaves. */
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
