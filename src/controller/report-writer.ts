/**
 * Keeps the Report of each namespace up to date, in rounds, and writes nothing where it is.
 *
 * A namespace has at most one write a round, once all its objects are assessed: a rotation of 10,000 objects costs one write,
 * not 10,000. At each resync the stored Reports are listed, so a Report that somebody changed or deleted is written again.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import type { ReportStore } from '../ports/report-store.ts';
import type { AssignmentView } from './assignment-view.ts';
import type { ConfigObjects } from './config-objects.ts';
import { isSettled, toReport } from './derive-report.ts';
import { startQueue, type WorkResult } from './queue.ts';

export interface ReportWriterOptions {
  readonly store: ReportStore;
  readonly view: Pick<AssignmentView, 'decision' | 'isDecided'>;
  readonly objects: ConfigObjects;
  /** False until all objects are listed. */
  readonly complete: () => boolean;
  readonly clock: () => Date;
  readonly backoff: Backoff;
  readonly givingUp: AbortSignal;
  readonly log: Logger;
  readonly timing?: Partial<ReportTiming>;
}

/** All in milliseconds. */
export interface ReportTiming {
  /** Between a change and the first round after a time of silence. */
  readonly settleMs: number;
  /** Between two rounds, so between two writes of one Report. */
  readonly roundMs: number;
  /** Between two looks whether OpenReports' definition is there, while it is not. */
  readonly absentMs: number;
}

export interface ReportWriter {
  /** Something that the Reports of these namespaces are derived from changed. */
  touch(namespaces: Iterable<string>): void;
  /** After a complete list: compares all Reports with the stored ones. */
  resync(): void;
  stop(): Promise<void>;
}

const usual: ReportTiming = { settleMs: 5000, roundMs: 30_000, absentMs: 300_000 };
/** A namespace that doesn't settle in so many rounds is reported as it is. */
const mostRounds = 10;
const concurrency = 2;

/** Starts to write the Reports of touched namespaces. */
export function startReportWriter(options: ReportWriterOptions): ReportWriter {
  const { store, view, objects, complete, clock, backoff, givingUp, log } = options;
  const { settleMs, roundMs, absentMs } = { ...usual, ...options.timing };
  /** A lane for each namespace. */
  const queue = startQueue({ concurrency, work: write, backoff, log });
  /** Namespaces to look at, and the rounds they have waited. */
  const touched = new Map<string, number>();
  /** Digests of the stored Reports; undefined until they are listed. */
  let stored: Map<string, string> | undefined;
  let relist = true;
  let absent = false;
  let listFails = false;
  /** Namespaces in which somebody else's Report has the name. */
  const foreign = new Set<string>();
  let round: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let lastRoundAt = Number.NEGATIVE_INFINITY;
  let stopped = false;

  function startRoundSoon(): void {
    if (stopped || round !== undefined) return;
    const inMs = Math.max(settleMs, lastRoundAt + (absent ? absentMs : roundMs) - performance.now());
    round = setTimeout(() => {
      running = startRound();
    }, inMs).unref();
  }

  async function startRound(): Promise<void> {
    lastRoundAt = performance.now();
    try {
      if (complete() && view.isDecided() && (!relist || (await list()))) {
        listFails = false;
        for (const [namespace, rounds] of [...touched]) take(namespace, rounds);
      }
    } catch (err) {
      if (!stopped && !listFails) log.warn({ err }, 'could not list the Reports, trying again until it is possible');
      listFails = true;
    } finally {
      round = undefined;
      if (relist || touched.size > 0) startRoundSoon();
    }
  }

  /** False where there is no definition of Reports. */
  async function list(): Promise<boolean> {
    const found = await store.list(givingUp);
    if (found === 'noDefinition') {
      onAbsent();
      return false;
    }
    if (absent) log.info("OpenReports' definition is there now");
    absent = false;
    relist = false;
    stored = new Map(found);
    for (const namespace of [...found.keys(), ...objects.namespaces()]) touched.set(namespace, 0);
    return true;
  }

  function onAbsent(): void {
    relist = true;
    // All are looked at once the definition is there.
    touched.clear();
    if (absent) return;
    absent = true;
    log.warn(
      { retrySeconds: absentMs / 1000 },
      'reports are enabled, but the cluster has no definition of reports.openreports.io: install it; no Report is written until then',
    );
  }

  function take(namespace: string, rounds: number): void {
    if (rounds < mostRounds && !isSettled(view.decision(namespace), objects.of(namespace))) {
      touched.set(namespace, rounds + 1);
      return;
    }
    touched.delete(namespace);
    queue.add(namespace, namespace);
  }

  async function write(namespace: string): Promise<WorkResult> {
    const decision = view.decision(namespace);
    if (stored === undefined || decision?.kind === 'unknown') return { kind: 'done' };
    const report = toReport(namespace, decision, objects.of(namespace));
    const digest = report && store.toDigest(report);
    if (stored.get(namespace) === digest) return { kind: 'done' };
    try {
      const outcome = await store.write(namespace, report, clock(), givingUp);
      if (outcome === 'conflict') return { kind: 'backOff' };
      if (outcome !== 'foreign') foreign.delete(namespace);
      else if (!foreign.has(namespace)) {
        foreign.add(namespace);
        log.warn({ namespace }, 'the Report of our name is not ours, so that none is written: rename or delete it');
      }
      if (outcome === 'written' && digest !== undefined) stored.set(namespace, digest);
      else stored.delete(namespace);
      if (outcome === 'noDefinition') {
        onAbsent();
        startRoundSoon();
      }
      return { kind: 'done' };
    } catch (err) {
      if (givingUp.aborted) return { kind: 'done' };
      log.warn({ err, namespace }, 'could not write a Report, trying again');
      return { kind: 'backOff' };
    }
  }

  return {
    touch(namespaces) {
      if (absent) return;
      for (const namespace of namespaces) touched.set(namespace, 0);
      startRoundSoon();
    },
    resync() {
      relist = true;
      startRoundSoon();
    },
    async stop() {
      stopped = true;
      clearTimeout(round);
      await Promise.all([running, queue.stop()]);
    },
  };
}
