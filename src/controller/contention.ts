/**
 * Contended objects: every replica counts the updates that it changed back and tells the leader; the leader adds the counts of
 * all replicas up. Nothing is sent while there is nothing to tell.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  buildRevertedCounts,
  type ObjectName,
  type Reverted,
  type RevertedCount,
  toContended,
  toId,
  type Writer,
  windowMs,
} from '../core/contention.ts';
import type { ExchangeReports } from '../ports/contention-reports.ts';
import type { FileProblem } from './compliance.ts';

export interface Contention {
  /** Counts an update that this replica changed back. */
  add(reverted: Reverted): void;
  /** Known to the leader alone; undefined for an object that isn't contended. */
  of(object: ObjectName): RevertedCount | undefined;
  all(): Iterable<RevertedCount>;
  /** From now on this replica also reads what the others tell. Resolves after the first reading, whether it succeeded or not. */
  lead(onChange: (namespaces: ReadonlySet<string>) => void): Promise<void>;
  follow(): void;
  stop(): Promise<void>;
}

export interface ContentionOptions {
  /** Undefined where replicas have no place to tell each other: then nothing is contended. */
  readonly exchange: ExchangeReports | undefined;
  readonly log: Logger;
  /** Milliseconds of the monotonic clock. */
  readonly now?: () => number;
  readonly everyMs?: number;
}

/** A replica writes its report, and with it the leader a status, no more often. */
const usuallyEveryMs = 30_000;

/** Starts to exchange counts, until `stop`. */
export function startContention(options: ContentionOptions): Contention {
  const { exchange, log, now = () => performance.now(), everyMs = usuallyEveryMs } = options;
  const counts = buildRevertedCounts();
  const stopping = new AbortController();
  let contended = new Map<string, RevertedCount>();
  let onChange: ((namespaces: ReadonlySet<string>) => void) | undefined;
  /** A report of this replica may be stored. */
  let hasTold = false;

  async function exchangeOnce(): Promise<void> {
    const told = counts.told(now());
    if (exchange === undefined || (told.length === 0 && !hasTold && onChange === undefined)) return;
    hasTold ||= told.length > 0;
    try {
      const all = await exchange(told, stopping.signal);
      hasTold = told.length > 0;
      if (onChange !== undefined) update(toContended(all));
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'could not exchange counts of reverted updates');
    }
  }

  function update(latest: Map<string, RevertedCount>): void {
    const namespaces = new Set([...contended.values(), ...latest.values()].map(({ namespace }) => namespace));
    contended = latest;
    if (namespaces.size > 0) onChange?.(namespaces);
  }

  async function run(): Promise<void> {
    for (;;) {
      try {
        await sleep(everyMs, undefined, { signal: stopping.signal, ref: false });
      } catch {
        return;
      }
      await exchangeOnce();
    }
  }

  const running = run();
  return {
    add: (reverted) => counts.add(reverted, now()),
    of: (object) => (contended.size === 0 ? undefined : contended.get(toId(object))),
    all: () => contended.values(),
    lead(listener) {
      onChange = listener;
      return exchangeOnce();
    },
    follow() {
      onChange = undefined;
      contended = new Map();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const minutes = windowMs / 60_000;

/** The problem in the status. */
export function toContendedProblem({ times, writers }: RevertedCount): FileProblem {
  const message = `${times} times in the last ${minutes} minutes an update came without the assigned properties and was changed back: ${toWriters(writers)} ${todo}`;
  return { dataKey: '', reason: 'Contended', message };
}

/** The same without the number, so that an Event isn't repeated as it grows. */
export function toContendedEvent({ writers }: RevertedCount): FileProblem {
  const message = `updates without the assigned properties come again and again and are changed back: ${toWriters(writers)} ${todo}`;
  return { dataKey: '', reason: 'Contended', message };
}

const todo = 'compares its own text and repeats; let it apply server-side, or leave the stored file as it is';

function toWriters(writers: readonly Writer[]): string {
  return writers
    .map(({ manager, user }) => `field manager ${manager === '' ? 'unknown' : manager} (${user})`)
    .join(', ');
}
