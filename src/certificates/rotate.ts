/**
 * Keeps self-managed certificates up to date as long as the process runs: reads the state, decides what is due, does it.
 */

import type { StoredSecret, TrustTarget } from '../ports/certificate-stores.ts';
import { type ApplyDeps, apply } from './apply.ts';
import { type CaCertificate, isOurs, parseAuthority } from './authority.ts';
import type { CertificateController } from './certificate-status.ts';
import { type CertificateView, type Due, due, type Leaf } from './due.ts';
import { type ForeignSince, foreignCasIn, keepForeignCas, laggingMs, observeForeignCas } from './foreign-cas.ts';
import { publishingMs, type ReconcileStep, startRounds } from './rounds.ts';
import { isTrusted, namesOfMissing, observeTrust, readyAt, type TrustedSince, warnOfMissing } from './trust.ts';

/** Starts the loop; the first round begins at once. */
export function startRotation(deps: ApplyDeps): CertificateController {
  const { secrets, trust, lifetimes, now, log } = deps;
  let leaf: Leaf | undefined;
  let signing: CaCertificate | undefined;
  let targets: readonly TrustTarget[] = [];
  let trustedSince: TrustedSince = new Map();
  let foreignSince: ForeignSince = new Map();
  let trusted = false;
  let mayBeReadyAt = Number.POSITIVE_INFINITY;
  let everReady = false;
  const doneAt = new Map<Due['kind'], number>();

  /** Reads the configurations before the Secret, so that a caBundle can't be newer than the Secret. */
  async function read(): Promise<{ view: CertificateView; secret: StoredSecret | undefined }> {
    const found = await trust.read();
    const secret = await secrets.read();
    warnOfMissing(found, targets, log);
    targets = found;
    const stored = parseAuthority(secret?.data, now());
    const authority = stored.kind === 'sound' ? stored.authority : undefined;
    signing = authority?.signing;
    trustedSince = observeTrust(
      authority ? [authority.signing, ...authority.retired] : [],
      targets,
      trustedSince,
      now(),
    );
    const foreignCas = foreignCasIn(targets, isOurs, now());
    foreignSince = observeForeignCas(foreignCas, foreignSince, now());
    trusted = leaf !== undefined && isTrusted(leaf.ca, targets, now());
    mayBeReadyAt =
      leaf && trusted && authority
        ? readyAt(leaf.ca, authority, trustedSince, lifetimes.settling, foreignCas.length > 0)
        : Number.POSITIVE_INFINITY;
    const kept = keepForeignCas(foreignCas, foreignSince, laggingMs, now());
    return { view: { stored, targets, leaf, trustedSince, foreignCas: kept }, secret };
  }

  function isReady(): boolean {
    everReady ||= now() >= mayBeReadyAt;
    return everReady && leaf !== undefined && now() < leaf.validTo;
  }

  /** Milliseconds until a step may be done again. */
  function toWait(kind: Due['kind']): number {
    const least = kind === 'publish' ? publishingMs : kind === 'newCa' ? lifetimes.settling : 0;
    const since = now() - (doneAt.get(kind) ?? Number.NEGATIVE_INFINITY);
    return since < 0 ? 0 : least - since;
  }

  const step: ReconcileStep = async () => {
    const { view, secret } = await read();
    const next = due(view, lifetimes, now());
    if (next.kind === 'nothing') return { inMs: next.until - now() };
    const wait = toWait(next.kind);
    if (wait > 0) return { inMs: wait };
    leaf = (await apply(next, secret, deps)) ?? leaf;
    doneAt.set(next.kind, now());
    return 'done';
  };

  const rounds = startRounds({ reconcile: () => step, log });
  return {
    status: () => ({
      trusted,
      ready: isReady(),
      missing: namesOfMissing(targets),
      leafExpiresAt: leaf?.validTo,
      caExpiresAt: signing?.validTo,
      problem: undefined,
      failures: rounds.failures(),
    }),
    notify: rounds.wake,
    stop: rounds.stop,
  };
}
