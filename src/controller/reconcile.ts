/**
 * One namespace made right: read what is known → decide what is left to do → readmit, assess the answers, tell.
 */
import type { Logger } from 'pino';
import { type Backoff, backoffDelay } from '../core/backoff.ts';
import type { FileRules } from '../core/plan/config-object.ts';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { ControllerObserver } from '../ports/observers.ts';
import type { Attempts } from './attempts.ts';
import { assess, assessAnswer, type Compliance, toFailed } from './compliance.ts';
import {
  type ConfigObject,
  type ConfigObjects,
  complianceUnder,
  concerns,
  record,
  retryNow,
  type StoredConfigObject,
  toStoredConfigObject,
} from './config-objects.ts';
import type { Decision, DesiredEncryption } from './decide.ts';
import type { RecordEvent } from './event-recorder.ts';
import { forEach } from './limit.ts';
import type { Requeue } from './queue.ts';

export interface Reconciler {
  readonly client: Pick<ClusterClient, 'readmit' | 'readConfigObject'>;
  readonly objects: ConfigObjects;
  readonly files: FileRules;
  readonly decision: (namespace: string) => Decision | undefined;
  /** Bounds what is in flight. When a late one has ended, its namespace is to be reconciled again. */
  readonly attempts: Attempts<ConfigObject>;
  /** Between two tries of one ConfigMap. */
  readonly backoff: Backoff;
  readonly recordEvent: RecordEvent;
  /** Called with each object that was assessed. */
  readonly onAssessed: (object: ConfigObject) => void;
  /** For metrics. */
  readonly observer?: Pick<ControllerObserver, 'readmitted'> | undefined;
  /** Nothing more is to be started. */
  readonly stopping: AbortSignal;
  /** What is in flight is to be given up; never before `stopping`. */
  readonly givingUp: AbortSignal;
  readonly log: Logger;
}

/** After so many objects of one namespace the others have their turn. */
const sliceSize = 200;
/** So many failures without an answer between them, and the namespace waits: the API server or the webhook is away. */
const enoughFailures = 8;
const afterFailuresMs = 1000;
/** So many times the longest wait otherwise. */
const deniedFactor = 10;
/** Events that the rate limit held back are tried again then. */
const untoldMs = 60_000;
/** After so many, the rate limit or the API server won't have the next one either. */
const enoughUntold = 5;
/** No Events are begun after that: where they hang, the repairs of other namespaces wait behind them. */
const tellingMs = 1000;
/** Objects that are likely to be late, and found no place, are tried again then. */
const putOffMs = 1000;

export async function reconcile(namespace: string, reconciler: Reconciler): Promise<Requeue> {
  const { objects, decision, attempts, recordEvent, stopping, log } = reconciler;
  const decided = decision(namespace);
  if (decided?.kind !== 'assigned') return { kind: 'nothing' };
  const { desired } = decided;

  const now = performance.now();
  const isDue = (object: ConfigObject) => isOpen(object, desired) && object.dueAt <= now && !attempts.inFlight(object);
  // Never tried first, then whoever waits longest: where many fail, each has its turn before the first one has another.
  const due = [...objects.of(namespace)].filter(isDue).sort((a, b) => a.dueAt - b.dueAt);
  const slice = due.slice(0, sliceSize);

  let failuresInRow = 0;
  let failures = 0;
  let late = 0;
  let putOff = false;
  const goOn = () => failuresInRow < enoughFailures && !stopping.aborted;
  const settleOne = async (object: ConfigObject) => {
    const end = await settle(object, desired, reconciler);
    failuresInRow = end === 'failed' ? failuresInRow + 1 : 0;
    failures += end === 'settled' ? 0 : 1;
  };
  await forEach(slice, attempts.room(namespace), goOn, async (object) => {
    const outcome = await attempts.run(object, () => settleOne(object));
    if (outcome === 'late') late += 1;
    if (outcome === 'putOff') {
      putOff = true;
      // Else the same ones would be due again at once, before any other, without end where they are many.
      object.dueAt = performance.now() + putOffMs;
    }
    // Its place is taken until it ends.
    return outcome !== 'late';
  });
  if (late > 0) log.warn({ namespace, late }, 'readmissions hang, going on without waiting for them');
  if (failures > 0) log.warn({ namespace, failures }, 'could not readmit ConfigMaps, trying again later');

  let unrecorded = 0;
  const tellUntil = performance.now() + tellingMs;
  for (const object of objects.of(namespace)) {
    if (stopping.aborted || unrecorded >= enoughUntold) break;
    if (performance.now() > tellUntil) {
      unrecorded += 1;
      break;
    }
    const known = complianceUnder(object, desired);
    // Most have nothing to tell, and they may be many.
    if (known !== undefined && known.problems.length > 0 && !(await recordEvent(object, known, desired)))
      unrecorded += 1;
  }

  if (!goOn()) return { kind: 'later', inMs: afterFailuresMs };
  // The end of a late one brings the namespace up again.
  if (attempts.room(namespace) <= 0) return { kind: 'nothing' };
  if (due.length > slice.length) return { kind: 'more' };
  let next = unrecorded > 0 ? performance.now() + untoldMs : Number.POSITIVE_INFINITY;
  const waits = (object: ConfigObject) => isOpen(object, desired) && !attempts.inFlight(object);
  for (const object of objects.of(namespace)) if (waits(object)) next = Math.min(next, object.dueAt);
  if (putOff) next = Math.max(next, performance.now() + putOffMs);
  return next === Number.POSITIVE_INFINITY
    ? { kind: 'nothing' }
    : { kind: 'later', inMs: Math.max(0, next - performance.now()) };
}

/** True where something is left to try: nothing is known of it, or what is known can get better by itself. */
export function isOpen(object: ConfigObject, desired: DesiredEncryption): boolean {
  if (!concerns(desired, object)) return false;
  const outcome = complianceUnder(object, desired)?.outcome;
  return outcome === undefined || outcome === 'change' || outcome === 'pending' || outcome === 'failed';
}

/**
 * Readmits an object, or reads it where readmission must not or can't change it, and keeps the compliance. `denied` by
 * somebody else: that, too, is an answer, and says nothing of the next object.
 */
async function settle(
  object: ConfigObject,
  desired: DesiredEncryption,
  reconciler: Reconciler,
): Promise<'settled' | 'denied' | 'failed'> {
  const { objects, backoff, onAssessed, observer, stopping, log } = reconciler;
  const { kind, namespace, name, uid } = object;
  let found: Found | undefined;
  let failed = false;
  try {
    found = await examine(object, desired, reconciler);
  } catch (error) {
    if (stopping.aborted) return 'settled';
    failed = true;
    log.debug({ ...toFields(object), ...(kind === 'ConfigMap' && { err: error }) }, 'could not readmit a ConfigMap');
    found = { resourceVersion: object.resourceVersion, compliance: toFailed(toText(error), kind) };
  }
  observer?.readmitted(found?.compliance.outcome ?? 'gone');
  // The watch may have put another in its place meanwhile, or taken it away.
  const current = objects.get(namespace, name, kind);
  if (found === undefined || current?.uid !== uid) return failed ? 'failed' : 'settled';
  record(current, found.resourceVersion, desired, found.compliance);
  if (isOpen(current, desired)) {
    current.attempts += 1;
    // What somebody denied stays denied as long as the object stays as it is, most likely.
    const denied = !failed && found.compliance.outcome === 'failed';
    const maxMs = denied ? backoff.maxMs * deniedFactor : backoff.maxMs;
    current.dueAt = performance.now() + backoffDelay(current.attempts, { ...backoff, maxMs }, Math.random());
  } else {
    retryNow(current);
  }
  onAssessed(current);
  if (failed) return 'failed';
  return found.compliance.outcome === 'failed' ? 'denied' : 'settled';
}

interface Found {
  readonly resourceVersion: string;
  readonly compliance: Compliance;
}

async function examine(
  object: ConfigObject,
  desired: DesiredEncryption,
  reconciler: Reconciler,
): Promise<Found | undefined> {
  const { client, objects, files, givingUp, log } = reconciler;
  const { kind, namespace, name, immutable, tooManyKeys } = object;
  if (immutable || tooManyKeys || desired.assignment.enforcement === 'Audit') return read(object, desired, reconciler);
  const answer = await client.readmit(namespace, name, givingUp, kind);
  switch (answer.kind) {
    case 'gone':
      return undefined;
    case 'answered': {
      const stored = toStoredConfigObject(answer.object, kind);
      const compliance = assessedAlready(stored, desired, objects) ?? assessAnswer(stored, desired, files);
      log.debug({ ...toFields(object), outcome: compliance.outcome }, 'readmitted a ConfigMap');
      return { resourceVersion: stored.resourceVersion, compliance };
    }
    case 'denied': {
      // The plan knows line and column; and where it refuses nothing, the denial was somebody else's.
      const found = await read(object, desired, reconciler);
      return found?.compliance.outcome === 'change' ? { ...found, compliance: toFailed(answer.message, kind) } : found;
    }
  }
}

/** The watch is often faster than the answer: then this version was assessed already. That it still has to change is news only here. */
function assessedAlready(
  { kind, namespace, name, uid, resourceVersion }: StoredConfigObject,
  desired: DesiredEncryption,
  objects: ConfigObjects,
) {
  const current = objects.get(namespace, name, kind);
  if (current?.uid !== uid || current.resourceVersion !== resourceVersion) return undefined;
  const known = complianceUnder(current, desired);
  return known?.outcome === 'compliant' ? known : undefined;
}

async function read(
  { namespace, name, kind }: ConfigObject,
  desired: DesiredEncryption,
  { client, files, givingUp }: Reconciler,
): Promise<Found | undefined> {
  const object = await client.readConfigObject(namespace, name, givingUp, kind);
  if (object === undefined) return undefined;
  const stored = toStoredConfigObject(object, kind);
  return { resourceVersion: stored.resourceVersion, compliance: assess(stored, desired, files) };
}

/** Which one it is, for the log. */
export function toFields({ kind, namespace, name }: ConfigObject): object {
  return { namespace, kind, name };
}

function toText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
