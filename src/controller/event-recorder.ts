/**
 * Writes Events about config objects: one for each new problem, with a rate limit for all namespaces and for each one.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { Compliance, ComplianceOutcome } from './compliance.ts';
import type { ConfigObject } from './config-objects.ts';
import type { DesiredEncryption } from './decide.ts';
import { buildAllowance, type Rate } from './rate-limit.ts';

/**
 * Writes an Event about an object's problems, unless the last Event said the same. False where the rate limit forbids it for
 * now, or where the Event could not be written.
 */
export type RecordEvent = (
  object: ConfigObject,
  compliance: Recordable,
  desired: DesiredEncryption,
) => Promise<boolean>;

/** A contended object is compliant, and has a problem all the same. */
export type Recordable = Pick<Compliance, 'problems' | 'problemCount'> & {
  readonly outcome: ComplianceOutcome | 'contended';
};

export interface EventRecorderOptions {
  readonly writeEvent: ClusterClient['writeEvent'];
  /** The limit for all namespaces together. */
  readonly rate: Rate;
  /** The limit for each namespace, so that none uses up the common one. */
  readonly namespaceRate: Rate;
  /** Milliseconds of the monotonic clock. */
  readonly now?: () => number;
  readonly stopping: AbortSignal;
  readonly log: Logger;
}

/** API servers delete Events after an hour by default. A problem that still exists then is recorded again at the next resync. */
const recordAgainMs = 61 * 60_000;

/** Outcomes that a person can do something about; the others appear in the status only. */
const worthRecording: readonly Recordable['outcome'][] = ['refused', 'immutable', 'pending', 'contended'];

/** Builds a recorder, which never throws: failed writes are logged. */
export function buildEventRecorder(options: EventRecorderOptions): RecordEvent {
  const { writeEvent, rate, namespaceRate, now = () => performance.now(), stopping, log } = options;
  const allowed = buildAllowance(rate, namespaceRate, now);
  return async (object, compliance, { assignment }) => {
    const { outcome, problems } = compliance;
    const [first] = problems;
    if (first === undefined || !worthRecording.includes(outcome)) return true;
    const { kind, namespace, name, uid, resourceVersion } = object;
    object.lastEvent ??= { digest: '', at: 0 };
    const { lastEvent } = object;
    const { reason } = first;
    const message = toMessage(compliance);
    const digest = toDigest(reason, message);
    if (lastEvent.digest === digest && now() - lastEvent.at < recordAgainMs) return true;
    if (!allowed(namespace)) return false;
    try {
      const event = { kind, namespace, name, uid, resourceVersion, assignment: assignment.name, reason, message };
      await writeEvent(event, stopping);
      lastEvent.digest = digest;
      lastEvent.at = now();
      return true;
    } catch (error) {
      if (!stopping.aborted) log.warn({ err: error, namespace, kind, name, reason }, 'could not write an Event');
      return false;
    }
  };
}

/** One line for each problem; of many problems the first ones, and how many more there are. */
function toMessage({ problems, problemCount }: Recordable): string {
  const lines = problems.map(({ dataKey, message }) => (dataKey === '' ? message : `${dataKey}: ${message}`));
  const more = problemCount - problems.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Identifies what an Event says, without the object's version: a label that changes ten times a second must not cause ten Events. */
function toDigest(reason: string, message: string): string {
  return createHash('sha256').update(`${reason}\n${message}`).digest('base64').slice(0, 16);
}
