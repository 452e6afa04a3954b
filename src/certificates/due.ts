/**
 * Decides the next step for the certificates at a given time. Pure: without clock, client or key.
 *
 * The order of a rotation, and why nothing is ever served that the API server doesn't trust:
 *   1. a new CA goes into the Secret, as the signing one; the old one stays beside it, retired
 *   2. both are published in the caBundles
 *   3. once every caBundle has held the new CA for the settling time, each replica serves a leaf of it
 *   4. once no leaf of the old CA can be served any more, it leaves the Secret, and then the caBundles
 * A Secret that is lost, damaged, or not the one that is trusted (an old backup) is the same rotation: what the
 * caBundles still hold is retired, never cut. CAs that aren't ours at all stay beside ours for a while (foreign-cas.ts).
 */
import type { X509Certificate } from 'node:crypto';
import type { TrustTarget } from '../ports/certificate-stores.ts';
import { type Authority, type CaCertificate, readCaCertificates, type StoredAuthority, toBundle } from './authority.ts';
import { toPemBundle } from './chain.ts';
import { clockTolerance } from './issue.ts';
import { bundlesOf, includes, type TrustedSince } from './trust.ts';

/** All in milliseconds. */
export interface Lifetimes {
  readonly ca: number;
  readonly leaf: number;
  /** How long API servers may take to see a new caBundle. */
  readonly settling: number;
}

/** The certificate that is being served. Times in milliseconds since 1970. */
export interface Leaf {
  readonly ca: CaCertificate;
  readonly issuedAt: number;
  /** When its intended lifetime ends; verifiers accept it until `validTo`. */
  readonly endsAt: number;
  readonly validFrom: number;
  readonly validTo: number;
}

/** Everything that the decision needs, as it was read. */
export interface CertificateView {
  readonly stored: StoredAuthority;
  readonly targets: readonly TrustTarget[];
  readonly leaf: Leaf | undefined;
  readonly trustedSince: TrustedSince;
  /** CAs by which replicas of another mode may be serving, and until when they must be trusted beside ours. */
  readonly foreignCas?: { readonly kept: readonly X509Certificate[]; readonly until: number };
}

export type Due =
  | { readonly kind: 'newCa'; readonly because: string; readonly others: Pick<Authority, 'retired' | 'dropped'> }
  | { readonly kind: 'newLeaf'; readonly authority: Authority }
  | { readonly kind: 'publish'; readonly targets: readonly TrustTarget[]; readonly bundle: string }
  | { readonly kind: 'drop'; readonly authority: Authority; readonly dropped: readonly CaCertificate[] }
  | { readonly kind: 'nothing'; readonly until: number };

/** A certificate is renewed when this part of its lifetime is over. */
const renewalPoint = 2 / 3;
/** A bound on the Secret's size, in case somebody fills the caBundles with CAs like ours. */
const mostRetired = 8;

/** The first thing that is due at `now` (milliseconds since 1970). Doing it and asking again ends in `nothing`. */
export function due(view: CertificateView, lifetimes: Lifetimes, now: number): Due {
  const { stored, targets, leaf, trustedSince } = view;
  const inBundles = targets.flatMap(bundlesOf).flatMap((text) => readCaCertificates(text, now));
  const served = leaf === undefined ? [] : [leaf.ca];

  if (stored.kind === 'missing') return newCa('there is no Secret', [...inBundles, ...served]);
  if (stored.kind === 'damaged') return newCa(stored.problem, [...stored.salvaged, ...inBundles, ...served]);

  const { authority } = stored;
  const { signing } = authority;
  const known = [signing, ...authority.retired];
  const dropped = authority.dropped.filter((one) => inBundles.some(({ fingerprint }) => fingerprint === one));
  const unknownCas = inBundles.filter((one) => !includes(known, one) && !dropped.includes(one.fingerprint));
  if (unknownCas.length > 0) {
    return newCa('a caBundle trusts a CA that the Secret does not know', [...known, ...unknownCas, ...served], dropped);
  }

  const sinceOf = ({ fingerprint }: CaCertificate) => trustedSince.get(fingerprint) ?? Number.POSITIVE_INFINITY;
  const settledAt = sinceOf(signing) + lifetimes.settling;
  // A second settling time for replicas that notice later than this one.
  const followedAt = settledAt + lifetimes.settling;
  const intended = Math.min(signing.endsAt - signing.issuedAt, lifetimes.ca);
  const newCaAt = Math.max(signing.issuedAt + intended * renewalPoint, followedAt);

  // First the served leaf, then the caBundles, then preparations: so a refused write delays nothing more urgent.
  const newLeafAt = leaf === undefined ? now : leafDueAt(leaf, authority, settledAt, now);
  if (now >= newLeafAt) return { kind: 'newLeaf', authority };

  const bundle = toBundle(authority) + toPemBundle(view.foreignCas?.kept ?? []);
  const ours = targets.filter(({ found }) => found?.writtenByOthers !== true);
  const outdated = ours.filter((target) => bundlesOf(target).some((text) => text !== bundle));
  if (outdated.length > 0) return { kind: 'publish', targets: outdated, bundle };

  if (now >= newCaAt) return newCa('the CA has reached its age', known, dropped);

  const drops = authority.retired.map((certificate, i) => {
    const successor = known[i] ?? signing;
    // By what this replica has seen. If it started later, by the issue date, which may come from a wrong clock.
    const succeededAt = Math.min(sinceOf(successor), successor.issuedAt + clockTolerance);
    return { certificate, at: Math.max(succeededAt + lifetimes.leaf + 2 * lifetimes.settling, followedAt) };
  });
  const over = drops.filter(({ at }) => now >= at).map(({ certificate }) => certificate);
  if (over.length > 0) {
    const retired = authority.retired.filter((certificate) => !includes(over, certificate));
    const all = [...dropped, ...over.map(({ fingerprint }) => fingerprint)];
    return { kind: 'drop', authority: { ...authority, retired, dropped: all }, dropped: over };
  }
  return {
    kind: 'nothing',
    until: Math.min(
      newCaAt,
      newLeafAt,
      signing.validTo,
      view.foreignCas?.until ?? signing.validTo,
      ...drops.map(({ at }) => at),
    ),
  };
}

/** When the leaf must be replaced; `now` where it can't be used any more. */
function leafDueAt(leaf: Leaf, { signing, retired }: Authority, settledAt: number, now: number): number {
  const usable = leaf.validFrom <= now && now < leaf.validTo && includes([signing, ...retired], leaf.ca);
  if (!usable) return now;
  if (leaf.ca.fingerprint !== signing.fingerprint) return Math.min(settledAt, leaf.validTo);
  // A leaf that expires with its CA can't be extended by issuing it again.
  if (leaf.validTo >= signing.validTo) return leaf.validTo;
  return leaf.issuedAt + (leaf.endsAt - leaf.issuedAt) * renewalPoint;
}

/** The step that issues a new CA. The newest of the earlier CAs stay trusted; those beyond the limit are dropped at once. */
function newCa(because: string, candidates: readonly CaCertificate[], dropped: readonly string[] = []): Due {
  const distinct = new Map(candidates.map((certificate) => [certificate.fingerprint, certificate]));
  const newestFirst = [...distinct.values()].sort((a, b) => b.issuedAt - a.issuedAt);
  const tooMany = newestFirst.slice(mostRetired).map(({ fingerprint }) => fingerprint);
  const retired = newestFirst.slice(0, mostRetired);
  return { kind: 'newCa', because, others: { retired, dropped: [...dropped, ...tooMany] } };
}
