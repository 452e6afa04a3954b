/**
 * Serves a certificate that is provided in files, and follows their changes as long as the process runs.
 *
 * Files that can't be used are logged once and change nothing: the earlier certificate stays in use until the files are sound.
 */
import type { Logger } from 'pino';
import type { TrustPublisher, TrustTarget } from '../ports/certificate-stores.ts';
import type { CertificateController, CertificateStatus } from './certificate-status.ts';
import { readCertificates } from './chain.ts';
import type { CertificateFiles } from './files.ts';
import { type FollowDue, type FollowView, followDue, isAccepted, isOneOf, type Patience } from './follow-due.ts';
import { type ForeignSince, foreignCasIn, observeForeignCas } from './foreign-cas.ts';
import type { KeyPair } from './issue.ts';
import { anchorOf, checkFiles, type Provided, type ProvidedFiles } from './provided.ts';
import { publishingMs, type ReconcileStep, startRounds } from './rounds.ts';
import { bundlesOf, namesOfMissing, warnOfMissing } from './trust.ts';

export interface FollowDeps {
  /** Reads the files; rejects where they can't be read as a whole. */
  readonly read: () => Promise<CertificateFiles>;
  readonly trust: TrustPublisher;
  /** Serves a new key pair from now on. Throws where it can't, and then the old one stays in use. */
  readonly serve: (pair: KeyPair) => void;
  /** The DNS name under which API servers call the webhook. */
  readonly hostname: string;
  readonly patience: Patience;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Starts the loop; the first round begins at once. */
export function startFollowing(deps: FollowDeps): CertificateController {
  const { trust, serve, hostname, patience, now, log } = deps;
  let served: Provided | undefined;
  let targets: readonly TrustTarget[] = [];
  let trusted = false;
  let mayBeReadyAt = Number.POSITIVE_INFINITY;
  let everReady = false;
  let caExpiresAt: number | undefined;
  let candidate: { readonly fingerprint: string; readonly trustedSince: number } | undefined;
  let foreignSince: ForeignSince = new Map();
  let problem: CertificateStatus['problem'];
  let unusable: { readonly fingerprint: string; readonly message: string } | undefined;
  let publishedAt = Number.NEGATIVE_INFINITY;

  async function readFiles(): Promise<ProvidedFiles> {
    try {
      const files = checkFiles(await deps.read(), hostname, now());
      if (unusable === undefined || files.kind === 'refused') return files;
      if (files.provided.fingerprint !== unusable.fingerprint) return files;
      return { kind: 'refused', problem: 'Unusable', message: unusable.message };
    } catch (error) {
      return { kind: 'refused', problem: 'Unreadable', message: (error as Error).message };
    }
  }

  function note(found: CertificateStatus['problem']): void {
    if (found !== undefined && found.message !== problem?.message) {
      log.warn({ ...found, stillServing: served?.fingerprint }, 'cannot use the certificate that is provided');
    }
    problem = found;
  }

  async function read(): Promise<FollowView> {
    const files = await readFiles();
    note(files.kind === 'refused' ? { reason: files.problem, message: files.message } : undefined);
    const wanted = files.kind === 'sound' ? files.provided : undefined;
    const found = await trust.read();
    warnOfMissing(found, targets, log);
    targets = found;
    observe(wanted);
    return { wanted, served, targets, trustedSince: candidate?.trustedSince, foreignSince };
  }

  function observe(wanted: Provided | undefined): void {
    if (wanted === undefined || !isAccepted(wanted, targets, now())) candidate = undefined;
    else if (candidate?.fingerprint !== wanted.fingerprint) {
      candidate = { fingerprint: wanted.fingerprint, trustedSince: now() };
    }
    const own = [...(wanted?.anchors ?? []), ...(served?.anchors ?? [])];
    foreignSince = observeForeignCas(foreignCasIn(targets, isOneOf(own), now()), foreignSince, now());
    updateStatus();
  }

  /** Updates the status of the served certificate, by the caBundles as they were last read. */
  function updateStatus(): void {
    trusted = served !== undefined && namesOfMissing(targets).length === 0 && isAccepted(served, targets, now());
    // During a change of CAs, ready only once every API server has seen the new caBundle. Otherwise the CA has been trusted all along.
    const settled = foreignSince.size === 0 ? 0 : patience.settling;
    mayBeReadyAt = trusted && candidate ? candidate.trustedSince + settled : Number.POSITIVE_INFINITY;
    const bundled = targets.flatMap(bundlesOf).flatMap((text) => readCertificates(text).certificates);
    const anchor = served && anchorOf(served, [...served.anchors, ...bundled], now());
    caExpiresAt = anchor?.validToDate.getTime() ?? caExpiresAt;
  }

  function isReady(): boolean {
    everReady ||= now() >= mayBeReadyAt;
    return everReady && served !== undefined && now() < served.validTo;
  }

  function take(provided: Provided): void {
    try {
      serve(provided.pair);
    } catch (error) {
      // For example a key that is too short for OpenSSL: the earlier checks can't cover everything that OpenSSL refuses.
      unusable = { fingerprint: provided.fingerprint, message: (error as Error).message };
      return;
    }
    served = provided;
    const { subject, issuer, validToDate } = provided.leaf;
    const { fingerprint } = provided;
    log.info({ fingerprint, subject, issuer, expires: validToDate.toISOString() }, 'serving a new certificate');
    updateStatus();
  }

  async function apply(step: Exclude<FollowDue, { kind: 'nothing' }>): Promise<void> {
    if (step.kind === 'serve') return take(step.provided);
    publishedAt = now();
    const outcome = await trust.publish(step.target, step.bundle);
    if (outcome === 'written') log.info({ configuration: step.target.name }, 'published the caBundle');
  }

  function reconcile(): ReconcileStep {
    // Both configurations are published in one round; the pause is between rounds.
    const published = new Set<string>();
    return async () => {
      const step = followDue(await read(), patience, now());
      if (step.kind === 'nothing') return { inMs: step.until - now() };
      if (step.kind === 'publish') {
        const since = now() - publishedAt;
        const first = published.size === 0 || published.has(step.target.name);
        if (first && since >= 0 && since < publishingMs) return { inMs: publishingMs - since };
        published.add(step.target.name);
      }
      await apply(step);
      return 'done';
    };
  }

  const rounds = startRounds({ reconcile, log });
  return {
    status: () => ({
      trusted,
      ready: isReady(),
      missing: namesOfMissing(targets),
      leafExpiresAt: served?.validTo,
      caExpiresAt,
      problem,
      failures: rounds.failures(),
    }),
    notify: rounds.wake,
    stop: rounds.stop,
  };
}
