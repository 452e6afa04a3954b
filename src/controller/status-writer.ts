/**
 * Keeps every assignment's stored status up to date, and writes nothing where it is.
 *
 * A status is replaced as a whole (PUT on the subresource), so that no fields of an older form stay behind. It is written only
 * on the version that was read, so that a former leader that was suspended can't overwrite a newer status.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import { isOlder } from '../core/resource-version.ts';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { QueueObserver } from '../ports/observers.ts';
import type { AssignmentView } from './assignment-view.ts';
import type { ConfigObjects } from './config-objects.ts';
import type { Contention } from './contention.ts';
import { toStatus } from './derive-status.ts';
import type { KeyChecker } from './key-checker.ts';
import { startQueue, type WorkResult } from './queue.ts';
import type { NamespaceFacts, StatusFacts } from './status-facts.ts';
import { type StoredAssignment, toStatusDigest, toStoredAssignment } from './stored-assignment.ts';

export interface StatusWriterOptions {
  readonly writeStatus: ClusterClient['writeStatus'];
  readonly view: AssignmentView;
  readonly objects: ConfigObjects;
  /** What KMS says of keys; undefined where it isn't asked. */
  readonly keyFindings?: KeyChecker['findings'] | undefined;
  readonly contention: Pick<Contention, 'of'>;
  /** False until all objects are listed: a status would count too few. */
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

/** The wait before a round, since most bursts of changes end at once: an assignment of ten files gets one status. */
const settleMs = 200;
/** The time between two rounds. A long rollout shows its progress this often. */
const roundMs = 1000;
/** Statuses written at once. */
const concurrency = 4;

/** Starts to write statuses of touched assignments, in rounds. */
export function startStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { writeStatus, view, complete, clock, backoff, observer, givingUp, log } = options;
  /** Assignments as our own writes returned them, until the watch shows them. */
  const written = new Map<string, StoredAssignment>();
  /** A status that the API server keeps refusing costs a request every ten seconds, however much else changes. */
  const patience = { firstMs: Math.min(backoff.firstMs, roundMs), maxMs: Math.min(backoff.maxMs, 10 * roundMs) };
  /** A lane for each assignment. */
  const queue = startQueue({ concurrency, work: report, backoff: patience, observer, log });
  /** Assignments whose statuses are derived anew in the next round. */
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
    const status = toStatus(toFacts(stored, options), clock());
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

/** Collects everything that the status of an assignment is derived from. */
function toFacts(
  stored: StoredAssignment,
  { view, objects, contention, keyFindings }: StatusWriterOptions,
): StatusFacts {
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
    keys: keyFindings && (keyFindings(stored) ?? 'unknown'),
    contention: contention.of,
  };
}
