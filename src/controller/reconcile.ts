/**
 * Reconciles one config object: looks up its known compliance → readmits or reads the object where that isn't enough → records
 * its compliance and an Event → returns when to reconcile it again.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import type { FileRules } from '../core/plan/config-object.ts';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { ControllerObserver } from '../ports/observers.ts';
import { assess, assessAnswer, type Compliance, toFailed } from './compliance.ts';
import {
  type ConfigObject,
  type ConfigObjects,
  complianceUnder,
  concerns,
  record,
  type StoredConfigObject,
  toKey,
  toStoredConfigObject,
} from './config-objects.ts';
import type { Decision, DesiredEncryption } from './decide.ts';
import type { RecordEvent } from './event-recorder.ts';
import type { WorkResult } from './queue.ts';

export interface Reconciler {
  readonly client: Pick<ClusterClient, 'readmit' | 'readConfigObject'>;
  readonly objects: ConfigObjects;
  readonly files: FileRules;
  readonly decision: (namespace: string) => Decision | undefined;
  /** Between two tries of one object. */
  readonly backoff: Backoff;
  readonly recordEvent: RecordEvent;
  /** Called after each assessment of an object. */
  readonly onAssessed: (object: ConfigObject, desired: DesiredEncryption) => void;
  /** For metrics. */
  readonly observer?: Pick<ControllerObserver, 'readmitted'> | undefined;
  /** Nothing more is to be started. */
  readonly stopping: AbortSignal;
  /** What is in flight is to be given up; never before `stopping`. */
  readonly givingUp: AbortSignal;
  readonly log: Logger;
}

/** After a denial the longest wait is this many times the usual one. */
const deniedFactor = 10;
/** The wait before an Event is tried again that the rate limit held back, or that could not be written. */
const unrecordedMs = 60_000;

const done: WorkResult = { kind: 'done' };

/** `key`: `toKey` of the object. */
export async function reconcile(namespace: string, key: string, reconciler: Reconciler): Promise<WorkResult> {
  const { objects, decision, recordEvent, stopping } = reconciler;
  const decided = decision(namespace);
  const object = objects.get(namespace, key);
  if (object === undefined || decided?.kind !== 'assigned') return done;
  const { desired } = decided;
  const result = isOpen(object, desired) ? await settle(object, key, desired, reconciler) : done;
  // The watch may have replaced or removed the object meanwhile.
  const current = objects.get(namespace, key);
  if (current === undefined || stopping.aborted) return result;
  // The assignment may have changed meanwhile to one that the object complied with until now: then nobody has added it again.
  const latest = decision(namespace);
  const changed = latest?.kind === 'assigned' && latest.desired.digest !== desired.digest;
  if (changed && isOpen(current, latest.desired)) return { kind: 'requeueAfter', ms: 0 };
  const known = complianceUnder(current, desired);
  if (known === undefined || known.problems.length === 0) return result;
  const recorded = await recordEvent(current, known, desired);
  return result.kind === 'done' && !recorded ? { kind: 'requeueAfter', ms: unrecordedMs } : result;
}

/** True where something is left to try: the object isn't assessed, or another try may change its outcome. */
export function isOpen(object: ConfigObject, desired: DesiredEncryption): boolean {
  if (!concerns(desired, object)) return false;
  const outcome = complianceUnder(object, desired)?.outcome;
  return outcome === undefined || outcome === 'change' || outcome === 'pending' || outcome === 'failed';
}

/** Readmits an object, or reads it where readmission must not or can't change it, and records the compliance. */
async function settle(
  object: ConfigObject,
  key: string,
  desired: DesiredEncryption,
  reconciler: Reconciler,
): Promise<WorkResult> {
  const { objects, backoff, onAssessed, observer, stopping, log } = reconciler;
  const { kind, namespace, uid } = object;
  let found: ExaminedObject | undefined;
  let failed = false;
  try {
    found = await examine(object, desired, reconciler);
  } catch (error) {
    if (stopping.aborted) return done;
    failed = true;
    log.debug({ ...toFields(object), ...(kind === 'ConfigMap' && { err: error }) }, 'could not readmit a ConfigMap');
    found = { resourceVersion: object.resourceVersion, compliance: toFailed(toText(error), kind) };
  }
  observer?.readmitted(found?.compliance.outcome ?? 'gone');
  const current = objects.get(namespace, key);
  if (found !== undefined && current?.uid === uid) {
    record(current, found.resourceVersion, desired, found.compliance);
    onAssessed(current, desired);
  }
  if (failed) return { kind: 'failed' };
  if (found === undefined || current?.uid !== uid || !isOpen(current, desired)) return done;
  // A denial by another webhook or a policy most likely stays the same until the object changes, so wait longer.
  const denied = found.compliance.outcome === 'failed';
  return { kind: 'backOff', maxMs: denied ? backoff.maxMs * deniedFactor : backoff.maxMs };
}

interface ExaminedObject {
  readonly resourceVersion: string;
  readonly compliance: Compliance;
}

async function examine(
  object: ConfigObject,
  desired: DesiredEncryption,
  reconciler: Reconciler,
): Promise<ExaminedObject | undefined> {
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
      // The plan gives line and column. Where it refuses nothing, another webhook or a policy denied the patch.
      const found = await read(object, desired, reconciler);
      return found?.compliance.outcome === 'change' ? { ...found, compliance: toFailed(answer.message, kind) } : found;
    }
  }
}

/**
 * The known compliance, if the watch has assessed this version already: its event is often faster than the answer. Only
 * `compliant` is reused: an object that still has to change is pending from now on.
 */
function assessedAlready(
  { kind, namespace, name, uid, resourceVersion }: StoredConfigObject,
  desired: DesiredEncryption,
  objects: ConfigObjects,
) {
  const current = objects.get(namespace, toKey({ kind, name }));
  if (current?.uid !== uid || current.resourceVersion !== resourceVersion) return undefined;
  const known = complianceUnder(current, desired);
  return known?.outcome === 'compliant' ? known : undefined;
}

async function read(
  { namespace, name, kind }: ConfigObject,
  desired: DesiredEncryption,
  { client, files, givingUp }: Reconciler,
): Promise<ExaminedObject | undefined> {
  const object = await client.readConfigObject(namespace, name, givingUp, kind);
  if (object === undefined) return undefined;
  const stored = toStoredConfigObject(object, kind);
  return { resourceVersion: stored.resourceVersion, compliance: assess(stored, desired, files) };
}

/** Identifies an object in the log. */
function toFields({ kind, namespace, name }: ConfigObject): object {
  return { namespace, kind, name };
}

function toText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
