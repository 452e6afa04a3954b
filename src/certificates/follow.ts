/**
 * Serves the certificate that somebody else puts into files, for as long as the process runs.
 *
 * What can't be used is told once and changes nothing: what was served before goes on being served, until the files are good.
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
  /** Takes a new key pair into use at once; throws where it can't, and the old one goes on serving. */
  readonly serve: (pair: KeyPair) => void;
  /** The name by which API servers call. */
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
    judge();
  }

  /** What the status says of the certificate that is served, by the caBundles as they were last read. */
  function judge(): void {
    trusted = served !== undefined && namesOfMissing(targets).length === 0 && isAccepted(served, targets, now());
    // In the midst of a change only when every API server has seen the new caBundle; else others have been trusted all along.
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
      // Such as a key that is too short for OpenSSL: the checks before can't know all that it doesn't take.
      unusable = { fingerprint: provided.fingerprint, message: (error as Error).message };
      return;
    }
    served = provided;
    const { subject, issuer, validToDate } = provided.leaf;
    const { fingerprint } = provided;
    log.info({ fingerprint, subject, issuer, expires: validToDate.toISOString() }, 'serving a new certificate');
    judge();
  }

  async function apply(step: Exclude<FollowDue, { kind: 'nothing' }>): Promise<void> {
    if (step.kind === 'serve') return take(step.provided);
    publishedAt = now();
    const outcome = await trust.publish(step.target, step.bundle);
    if (outcome === 'written') log.info({ configuration: step.target.name }, 'published the caBundle');
  }

  function reconcile(): ReconcileStep {
    // Both configurations in one round: the pause is between rounds.
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
