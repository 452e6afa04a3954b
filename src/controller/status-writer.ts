/**
 * Keeps every assignment's stored status equal to what is known, and writes nothing where it is.
 *
 * A status is replaced as a whole (PUT on the subresource), so that nothing of an older form stays behind, and only on
 * the version that was read, so that a former leader that was suspended can't put an old truth over a new one.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import { isOlder } from '../core/resource-version.ts';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { QueueObserver } from '../ports/observers.ts';
import type { AssignmentView } from './assignment-view.ts';
import type { ConfigObjects } from './config-objects.ts';
import { toStatus } from './derive-status.ts';
import { startQueue, type WorkResult } from './queue.ts';
import type { NamespaceFacts, StatusFacts } from './status-facts.ts';
import { type StoredAssignment, toStatusDigest, toStoredAssignment } from './stored-assignment.ts';

export interface StatusWriterOptions {
  readonly writeStatus: ClusterClient['writeStatus'];
  readonly view: AssignmentView;
  readonly objects: ConfigObjects;
  /** False while not all objects are known: a status would count too few. */
  readonly complete: () => boolean;
  readonly clock: () => Date;
  readonly backoff: Backoff;
  /** For metrics. */
  readonly observer?: QueueObserver | undefined;
  /** What is in flight is to be given up. */
  readonly givingUp: AbortSignal;
  readonly log: Logger;
}

export interface StatusWriter {
  /** Something that the statuses of these assignments are derived from changed. */
  touch(assignments: Iterable<string>): void;
  /** Something that any status may be derived from changed. */
  touchAll(): void;
  /** Assignments that wait or are being worked on. */
  readonly queued: number;
  stop(): Promise<void>;
}

/** A burst of changes is awaited, since most end at once: an assignment of ten files is reported when it is done. */
const settleMs = 200;
/** Between two rounds; a long backfill shows its progress this often. */
const roundMs = 1000;
/** Statuses written at once. */
const concurrency = 4;

export function startStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { writeStatus, view, objects, complete, clock, backoff, observer, givingUp, log } = options;
  /** What we wrote ourselves, until the watch shows it. */
  const written = new Map<string, StoredAssignment>();
  /** One that is refused again and again costs a request every ten seconds, however much else changes. */
  const patience = { firstMs: Math.min(backoff.firstMs, roundMs), maxMs: Math.min(backoff.maxMs, 10 * roundMs) };
  /** A lane for each assignment. */
  const queue = startQueue({ concurrency, work: report, backoff: patience, observer, log });
  /** Whose statuses are to be derived anew in the next round. */
  const touched = new Set<string>();
  let round: NodeJS.Timeout | undefined;
  let lastRoundAt = Number.NEGATIVE_INFINITY;
  let stopped = false;

  function touch(names: Iterable<string>): void {
    for (const name of names) touched.add(name);
    startRoundSoon();
  }

  function touchAll(): void {
    for (const [name] of view.assignments()) touched.add(name);
    for (const name of written.keys()) touched.add(name);
    startRoundSoon();
  }

  function startRoundSoon(): void {
    if (stopped || round !== undefined) return;
    const inMs = Math.max(settleMs, lastRoundAt + roundMs - performance.now());
    round = setTimeout(startRound, inMs).unref();
  }

  function startRound(): void {
    round = undefined;
    lastRoundAt = performance.now();
    if (!complete()) return;
    for (const name of touched) queue.add(name, name);
    touched.clear();
  }

  async function report(name: string): Promise<WorkResult> {
    const stored = newest(view.assignment(name), written.get(name));
    if (stored === undefined) {
      written.delete(name);
      return { kind: 'done' };
    }
    if (!view.isDecided()) return { kind: 'requeueAfter', ms: settleMs };
    const status = toStatus(toFacts(stored, view, objects), clock());
    if (toStatusDigest(status) === stored.statusDigest) return { kind: 'done' };
    const outcome = await writeStatus(name, stored.resourceVersion, status, givingUp);
    if (outcome.kind === 'stale') {
      written.delete(name);
      return { kind: 'backOff' };
    }
    const now = toStoredAssignment(outcome.object, stored);
    if (now !== undefined) written.set(name, now);
    return { kind: 'done' };
  }

  return {
    touch,
    touchAll,
    get queued() {
      return queue.size;
    },
    async stop() {
      stopped = true;
      clearTimeout(round);
      await queue.stop();
    },
  };
}

function newest(watched: StoredAssignment | undefined, own: StoredAssignment | undefined) {
  const same = own !== undefined && watched?.uid === own.uid;
  return same && isOlder(watched.resourceVersion, own.resourceVersion) ? own : watched;
}

export function toFacts(stored: StoredAssignment, view: AssignmentView, objects: ConfigObjects): StatusFacts {
  const namespaces: NamespaceFacts[] = [];
  for (const name of [...view.namespacesOf(stored.name)].sort()) {
    const decision = view.decision(name);
    if (decision !== undefined) namespaces.push({ name, decision, objects: objects.of(name) });
  }
  const target = stored.spec.kind === 'valid' ? stored.spec.assignment.target : { namespaces: [] };
  const named = 'namespaces' in target ? target.namespaces : [];
  return {
    stored,
    scopeKnown: view.scopeKnown(),
    validated: view.validated(),
    namespaces,
    excluded: named.filter((name) => view.decision(name)?.kind === 'excluded'),
    missing: named.filter((name) => view.decision(name) === undefined),
  };
}
