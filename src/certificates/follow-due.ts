/**
 * Decides the next step for a provided certificate at a given time. Pure: without clock, client or file.
 *
 * The order of a change, and why nothing is ever served that the API server doesn't trust:
 *   1. the CAs of the new `ca.crt` are published beside those that the caBundles held before
 *   2. once every caBundle has held them for the settling time, the new certificate is served
 *   3. CAs that are in no `ca.crt` any more leave the caBundles once every replica must have seen the new files
 * Where another writer owns the caBundles (cert-manager's cainjector, or the provider of a Secret without `ca.crt`), it does 1
 * and 3, and 2 happens at once where the caBundles no longer trust the served certificate.
 */
import type { X509Certificate } from 'node:crypto';
import type { TrustTarget } from '../ports/certificate-stores.ts';
import { readCertificates, toPemBundle } from './chain.ts';
import { type ForeignSince, foreignCasIn, keepForeignCas } from './foreign-cas.ts';
import { anchorOf, type Provided } from './provided.ts';
import { bundlesOf } from './trust.ts';

/** In milliseconds. */
export interface Patience {
  /** How long API servers may take to see a new caBundle. */
  readonly settling: number;
  /** How long the files of one replica may be behind those of another. */
  readonly lagging: number;
}

/** Everything that the decision needs, as it was read. */
export interface FollowView {
  /** The certificate in the files; undefined where the files can't be used. */
  readonly wanted: Provided | undefined;
  readonly served: Provided | undefined;
  readonly targets: readonly TrustTarget[];
  /** Since when every caBundle trusts `wanted`, without a break; milliseconds since 1970. */
  readonly trustedSince: number | undefined;
  readonly foreignSince: ForeignSince;
}

export type FollowDue =
  | { readonly kind: 'serve'; readonly provided: Provided }
  | { readonly kind: 'publish'; readonly target: TrustTarget; readonly bundle: string }
  | { readonly kind: 'nothing'; readonly until: number };

/** True where every entry of each existing configuration trusts the certificate. A configuration that doesn't exist causes no calls. */
export function isAccepted(provided: Provided, targets: readonly TrustTarget[], now: number): boolean {
  const bundles = targets.flatMap(bundlesOf);
  return bundles.every((text) => anchorOf(provided, readCertificates(text).certificates, now) !== undefined);
}

/** The first thing that is due at `now` (milliseconds since 1970). Doing it and asking again ends in `nothing`. */
export function followDue(view: FollowView, patience: Patience, now: number): FollowDue {
  const { served, targets, foreignSince } = view;
  // While the files can't be used, the served certificate stays the wanted one.
  const wanted = view.wanted ?? served;
  if (wanted === undefined) return { kind: 'nothing', until: Number.POSITIVE_INFINITY };

  const serveAt = toServeAt(view, patience, now);
  if (now >= serveAt) return { kind: 'serve', provided: wanted };

  const own = [...wanted.anchors, ...(served?.anchors ?? [])];
  const foreignCas = foreignCasIn(targets, isOneOf(own), now);
  const { kept, until } = keepForeignCas(foreignCas, foreignSince, patience.lagging, now);
  if (wanted.anchors.length > 0) {
    const bundle = toPemBundle([...own, ...kept]);
    const outdated = targets.find(
      (target) => target.found?.writtenByOthers !== true && bundlesOf(target).some((text) => text !== bundle),
    );
    if (outdated !== undefined) return { kind: 'publish', target: outdated, bundle };
  }
  return { kind: 'nothing', until: Math.min(serveAt, wanted.validTo, until) };
}

function toServeAt({ wanted, served, targets, trustedSince }: FollowView, patience: Patience, now: number): number {
  if (wanted === undefined || wanted.fingerprint === served?.fingerprint) return Number.POSITIVE_INFINITY;
  if (served === undefined || now >= served.validTo) return now;
  if (trustedSince === undefined) return served.validTo;
  if (!isAccepted(served, targets, now)) return now;
  return Math.min(trustedSince + patience.settling, served.validTo);
}

/** Tells whether a certificate is one of these. */
export function isOneOf(certificates: readonly X509Certificate[]): (certificate: X509Certificate) => boolean {
  const fingerprints = new Set(certificates.map(({ fingerprint256 }) => fingerprint256));
  return ({ fingerprint256 }) => fingerprints.has(fingerprint256);
}
