/**
 * Who leads, decided by a Lease: the loop that takes, renews and releases it.
 *
 * Clocks of different processes are never compared. A candidate counts from the moment when it saw the Lease change. The
 * leader counts from before it sent its last renewal, which is earlier, and for two thirds of the lease duration only. So it
 * stops writing, by its own clock, before another process may begin. A process that was suspended may send one more write when
 * it resumes; such a write does no harm (the chart's docs/leader-election.md).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LeaseRecord, LeaseStore, StoredLease } from '../ports/lease-store.ts';
import { due, type ObservedLease, observe, releasedSeconds } from './lease-due.ts';

/** The time for the last writes before the Lease is released; most take milliseconds. */
const graceMs = 2000;

export interface ElectionOptions<S extends StoredLease> {
  readonly lease: LeaseStore<S>;
  /** Unique to this process: a restarted process with the same pod name has another identity. */
  readonly identity: string;
  /** The lease duration in whole seconds. Of 15 s the leader uses 10, and it renews every 2. */
  readonly seconds: number;
  /** False while this process must not lead yet, since its caches are empty. */
  readonly ready: () => boolean;
  readonly lead: () => Promise<void>;
  /** Must stop leading, and give up requests in flight after `graceMs`; default: at once. */
  readonly follow: (graceMs?: number) => Promise<void>;
  readonly log: Logger;
}

export interface Election {
  /** True as long as this process leads and no other process can; for a metric. */
  leads(): boolean;
  /** Stops leading, and then releases the Lease, so that another process can take it at once. */
  stop(): Promise<void>;
}

/** Starts to take and renew the Lease until `stop`. Calls `lead` and `follow` as it is won and lost; never throws. */
export function startElection<S extends StoredLease>(options: ElectionOptions<S>): Election {
  const { lease, identity, seconds, ready, lead, follow, log } = options;
  const renewMs = (seconds * 1000 * 2) / 3;
  const retryMs = (seconds * 1000 * 2) / 15;
  const stopping = new AbortController();
  const { signal } = stopping;
  let observed: ObservedLease<S> | undefined;
  /** A record that was sent, and may or may not have been stored. */
  let unanswered: LeaseRecord | undefined;
  let leading = false;
  let acquiredAt = 0;
  /** Milliseconds of the monotonic clock. */
  let expiresAt = 0;
  let expiry: NodeJS.Timeout | undefined;

  const leads = () => leading && performance.now() < expiresAt;

  async function see(): Promise<ObservedLease<S>> {
    const stored = await lease.read(signal);
    observed = observe(observed, stored, performance.now());
    return observed;
  }

  function isOurs({ stored }: ObservedLease<S>): boolean {
    // The Lease was deleted or emptied by hand: no other process may begin before our time is over.
    if (stored === undefined || stored.record.holder === '') return leads();
    if (stored.record.holder !== identity) return false;
    return leading || sameRecord(stored.record, unanswered);
  }

  /** True where the Lease is ours from now on, or still. */
  async function take({ stored, lastRecord }: ObservedLease<S>): Promise<boolean> {
    const sentAt = performance.now();
    const last = stored?.record ?? lastRecord;
    const changes = !leading && last !== undefined;
    const record: LeaseRecord = {
      holder: identity,
      durationSeconds: seconds,
      acquiredAt: leading ? acquiredAt : Date.now(),
      renewedAt: Date.now(),
      transitions: (last?.transitions ?? 0) + (changes ? 1 : 0),
    };
    unanswered = record;
    const written = await lease.write(record, stored, signal);
    unanswered = undefined;
    if (written === 'conflict') return false;
    observed = observe(observed, written, performance.now());
    hold(sentAt, record);
    return true;
  }

  function hold(sentAt: number, record: LeaseRecord): void {
    expiresAt = sentAt + renewMs;
    awaitExpiry();
    if (leading) return;
    leading = true;
    acquiredAt = record.acquiredAt;
    log.info({ identity, transitions: record.transitions }, 'took the lease');
    lead().catch((err: unknown) => {
      log.error({ err }, 'could not lead');
      lose('it could not lead');
    });
  }

  function awaitExpiry(): void {
    clearTimeout(expiry);
    const onExpiry = () => {
      if (leads()) awaitExpiry();
      else lose('the lease could not be renewed in time');
    };
    expiry = setTimeout(onExpiry, Math.max(1, expiresAt - performance.now())).unref();
  }

  function lose(reason: string): void {
    clearTimeout(expiry);
    if (!leading) return;
    leading = false;
    log.warn({ identity, reason, holder: observed?.stored?.record.holder }, 'lost the lease');
    follow().catch((err: unknown) => log.error({ err }, 'could not follow'));
  }

  /** Makes one try, and returns the milliseconds until the next. */
  async function step(): Promise<number> {
    const pauseMs = retryMs * (0.75 + 0.5 * Math.random());
    // A candidate reads the Lease each time, even while it may not take it: only so it notices that the Lease was deleted.
    const seen = leading && observed !== undefined ? observed : await see();
    if (!leading && !ready()) return pauseMs;
    const waitMs = isOurs(seen) ? 0 : due(seen, seconds, performance.now());
    if (waitMs > 0) return Math.min(waitMs, pauseMs);
    if (await take(seen)) return pauseMs;
    const found = await see();
    if (!leading) return pauseMs;
    if (isOurs(found)) return retryMs / 20;
    lose('somebody else has the lease');
    return pauseMs;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const pauseMs = await step();
        failures = 0;
        if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
      } catch (err) {
        if (signal.aborted) return;
        failures += 1;
        log.warn({ err, failures, leading }, 'could not read or write the lease, trying again');
        await sleep(retryMs * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => {});
      }
    }
  }

  async function release(): Promise<void> {
    const ending = new AbortController().signal;
    const stored = await lease.read(ending);
    if (stored?.record.holder !== identity) return;
    const record = { ...stored.record, holder: '', durationSeconds: releasedSeconds, renewedAt: Date.now() };
    const written = await lease.write(record, stored, ending);
    log.info({ identity, released: written !== 'conflict' }, 'gave the lease back');
  }

  const running = run();
  return {
    leads,
    async stop() {
      stopping.abort();
      await running;
      const mayHold = leading || unanswered !== undefined;
      clearTimeout(expiry);
      // The Lease isn't renewed meanwhile.
      await follow(Math.min(graceMs, Math.max(0, expiresAt - performance.now())));
      leading = false;
      if (mayHold) await release().catch((err: unknown) => log.warn({ err }, 'could not give the lease back'));
    },
  };
}

function sameRecord(a: LeaseRecord, b: LeaseRecord | undefined): boolean {
  return b !== undefined && a.holder === b.holder && a.renewedAt === b.renewedAt && a.acquiredAt === b.acquiredAt;
}
