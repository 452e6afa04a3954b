/**
 * Who leads, decided by a Lease: the loop that takes, renews and releases it.
 *
 * No two clocks are ever compared. A candidate counts from the moment at which it saw the Lease change; the leader counts
 * from before it sent its last renewal, which is earlier, and for two thirds of the time only. So it has stopped to write
 * by its own clock before anybody else may begin; and since a process that was stopped can't notice when its time is up,
 * each write asks `leads()` at the last moment.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LeaseRecord, LeaseStore, StoredLease } from '../ports/lease-store.ts';
import { type Instant, instant, isBefore } from './instant.ts';
import { due, type ObservedLease, observe, releasedSeconds } from './lease-due.ts';

/** For the last writes before the Lease is given back; most take milliseconds. */
const graceMs = 2000;

export interface ElectionOptions<S extends StoredLease> {
  readonly lease: LeaseStore<S>;
  /** Of this process alone: one that is started again under the same name is another. */
  readonly identity: string;
  /** How long the Lease lasts without a renewal; whole. Of 15 s the leader counts on 10, and renews every 2. */
  readonly seconds: number;
  /** False while this process had better not lead yet: its caches are empty. */
  readonly ready: () => boolean;
  readonly lead: () => Promise<void>;
  /** Has to give up what is under way after so many milliseconds, at once where there are none. */
  readonly follow: (graceMs?: number) => Promise<void>;
  readonly log: Logger;
}

export interface Election {
  /** True as long as nobody else can lead: to be asked before each write, and for a metric. */
  leads(): boolean;
  /** Stops leading, and then gives the Lease back, so that another may take it at once. */
  stop(): Promise<void>;
}

export function startElection<S extends StoredLease>(options: ElectionOptions<S>): Election {
  const { lease, identity, seconds, ready, lead, follow, log } = options;
  const renewMs = (seconds * 1000 * 2) / 3;
  const retryMs = (seconds * 1000 * 2) / 15;
  const stopping = new AbortController();
  const { signal } = stopping;
  let observed: ObservedLease<S> | undefined;
  /** Written, but whether it arrived isn't known. */
  let unanswered: LeaseRecord | undefined;
  let leading = false;
  let acquiredAt = 0;
  let expiresAt: Instant = { monotonic: 0, wall: 0 };
  let expiry: NodeJS.Timeout | undefined;

  const leads = () => leading && isBefore(instant(), expiresAt);

  async function see(): Promise<ObservedLease<S>> {
    const stored = await lease.read(signal);
    observed = observe(observed, stored, performance.now());
    return observed;
  }

  function isOurs({ stored }: ObservedLease<S>): boolean {
    // Deleted, or emptied by somebody: nobody else begins before our time is up.
    if (stored === undefined || stored.record.holder === '') return leads();
    if (stored.record.holder !== identity) return false;
    return leading || sameRecord(stored.record, unanswered);
  }

  /** True where the Lease is ours from now on, or still. */
  async function take({ stored, lastRecord }: ObservedLease<S>): Promise<boolean> {
    const sentAt = instant();
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

  function hold(sentAt: Instant, record: LeaseRecord): void {
    expiresAt = { monotonic: sentAt.monotonic + renewMs, wall: sentAt.wall + renewMs };
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
    expiry = setTimeout(onExpiry, Math.max(1, expiresAt.monotonic - performance.now())).unref();
  }

  function lose(reason: string): void {
    clearTimeout(expiry);
    if (!leading) return;
    leading = false;
    log.warn({ identity, reason, holder: observed?.stored?.record.holder }, 'lost the lease');
    follow().catch((err: unknown) => log.error({ err }, 'could not follow'));
  }

  /** One try; the milliseconds until the next. */
  async function step(): Promise<number> {
    const pauseMs = retryMs * (0.75 + 0.5 * Math.random());
    // A candidate reads it each time, also before its turn: only who has seen a Lease can tell that it was deleted.
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
      await follow(Math.min(graceMs, Math.max(0, expiresAt.monotonic - performance.now())));
      leading = false;
      if (mayHold) await release().catch((err: unknown) => log.warn({ err }, 'could not give the lease back'));
    },
  };
}

function sameRecord(a: LeaseRecord, b: LeaseRecord | undefined): boolean {
  return b !== undefined && a.holder === b.holder && a.renewedAt === b.renewedAt && a.acquiredAt === b.acquiredAt;
}
