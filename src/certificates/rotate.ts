/**
 * Keeps the certificates right for as long as the process runs: read what there is, decide what is due, do it, look again.
 *
 * Level-based: notifications and timers only say "look now". Whatever fails is tried again with back-off.
 */
import { backoffDelay } from '../core/backoff.ts';
import { type ApplyDeps, apply } from './apply.ts';
import { type CaCertificate, isOurs, parseAuthority } from './authority.ts';
import { type Due, due, type Leaf, type View } from './due.ts';
import { buildSleeper } from './sleeper.ts';
import type { Keeper } from './status.ts';
import type { StoredSecret, TrustTarget } from './stores.ts';
import { keepStrangers, laggingMs, observeStrangers, type StrangeSince, strangersIn } from './strangers.ts';
import { isTrusted, namesOfMissing, observeTrust, readyAt, type TrustedSince } from './trust.ts';

const retry = { firstMs: 200, maxMs: 30_000 };
/** Looks are at least this far apart, so that a storm of notifications is one look; the longer after a failure. */
const spacing = { usualMs: 50, failedMs: 1_000 };
/** Without any notification a look happens this often. */
const longestSleepMs = 5 * 60_000;
/** At most one round of caBundle writes in this time. */
const publishingMs = 1_000;
/** Steps in one look; more means that others write as fast as we do. */
const mostSteps = 20;

/** Starts the loop; the first look begins at once. */
export function startRotation(deps: ApplyDeps): Keeper {
  const { secrets, trust, lifetimes, now, log } = deps;
  let leaf: Leaf | undefined;
  let signing: CaCertificate | undefined;
  let targets: readonly TrustTarget[] = [];
  let trustedSince: TrustedSince = new Map();
  let strangeSince: StrangeSince = new Map();
  let trusted = false;
  let mayBeReadyAt = Number.POSITIVE_INFINITY;
  let everReady = false;
  const doneAt = new Map<Due['kind'], number>();
  let failures = 0;
  const sleeper = buildSleeper();

  /** The configurations before the Secret: then a caBundle we read can't be newer than the Secret we read. */
  async function read(): Promise<{ view: View; secret: StoredSecret | undefined }> {
    const found = await trust.read();
    const secret = await secrets.read();
    for (const configuration of namesOfMissing(found).filter((name) => !namesOfMissing(targets).includes(name))) {
      log.warn({ configuration }, 'webhook configuration does not exist');
    }
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
    const strangers = strangersIn(targets, isOurs, now());
    strangeSince = observeStrangers(strangers, strangeSince, now());
    trusted = leaf !== undefined && isTrusted(leaf.ca, targets, now());
    mayBeReadyAt =
      leaf && trusted && authority
        ? readyAt(leaf.ca, authority, trustedSince, lifetimes.settling, strangers.length > 0)
        : Number.POSITIVE_INFINITY;
    const kept = keepStrangers(strangers, strangeSince, laggingMs, now());
    return { view: { stored, targets, leaf, trustedSince, strangers: kept }, secret };
  }

  function isReady(): boolean {
    everReady ||= now() >= mayBeReadyAt;
    return everReady && leaf !== undefined && now() < leaf.validTo;
  }

  /** Milliseconds until a step may be done again: whoever else writes what we write, or clears it, gets no duel. */
  function toWait(kind: Due['kind']): number {
    const least = kind === 'publish' ? publishingMs : kind === 'newCa' ? lifetimes.settling : 0;
    const since = now() - (doneAt.get(kind) ?? Number.NEGATIVE_INFINITY);
    return since < 0 ? 0 : least - since;
  }

  /** Until nothing is due. Answers in how many milliseconds to look again. */
  async function look(): Promise<number> {
    for (let steps = 0; steps < mostSteps && !sleeper.stopped(); steps++) {
      const { view, secret } = await read();
      const step = due(view, lifetimes, now());
      if (step.kind === 'nothing') return step.until - now();
      const wait = toWait(step.kind);
      if (wait > 0) return wait;
      leaf = (await apply(step, secret, deps)) ?? leaf;
      doneAt.set(step.kind, now());
    }
    if (sleeper.stopped()) return 0;
    throw new Error(`not settled after ${mostSteps} steps: others are writing the same objects`);
  }

  async function run(): Promise<void> {
    while (!sleeper.stopped()) {
      try {
        const delay = await look();
        failures = 0;
        await sleeper.sleep(spacing.usualMs, Math.min(delay, longestSleepMs));
      } catch (error) {
        failures += 1;
        const delay = backoffDelay(failures, retry, Math.random());
        log.warn({ err: error, failures, retryInMs: Math.round(delay) }, 'could not bring the certificates up to date');
        await sleeper.sleep(Math.min(delay, spacing.failedMs), delay);
      }
    }
  }

  const running = run();
  return {
    status: () => ({
      trusted,
      ready: isReady(),
      missing: namesOfMissing(targets),
      leafExpiresAt: leaf?.validTo,
      caExpiresAt: signing?.validTo,
      problem: undefined,
      failures,
    }),
    notify: () => sleeper.wake(),
    async stop() {
      sleeper.stop();
      await running;
    },
  };
}
