/**
 * Events about ConfigMaps: once for what is the matter with one, and so many a second at most, in all and of each namespace.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { Compliance, ComplianceOutcome } from './compliance.ts';
import type { ConfigObject } from './config-objects.ts';
import type { DesiredEncryption } from './decide.ts';
import { buildAllowance, type Rate } from './rate-limit.ts';

/**
 * Records what is the matter with an object, unless the last Event says so already. False where the rate limit forbids it for now, or
 * the Event could not be written.
 */
export type RecordEvent = (
  object: ConfigObject,
  compliance: Compliance,
  desired: DesiredEncryption,
) => Promise<boolean>;

export interface EventRecorderOptions {
  readonly writeEvent: ClusterClient['writeEvent'];
  /** Of all namespaces together. */
  readonly rate: Rate;
  /** Of each, so that none takes all. */
  readonly namespaceRate: Rate;
  /** Milliseconds of the monotonic clock. */
  readonly now?: () => number;
  readonly stopping: AbortSignal;
  readonly log: Logger;
}

/** API servers forget Events after an hour by default; what still holds then is recorded again at the next resync. */
const recordAgainMs = 61 * 60_000;

/** What a person can do something about; the rest is the status' business. */
const worthRecording: readonly ComplianceOutcome[] = ['refused', 'immutable', 'pending'];

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

/** What was found, line by line; of many problems the first ones, and how many more there are. */
function toMessage({ problems, problemCount }: Compliance): string {
  const lines = problems.map(({ dataKey, message }) => `${dataKey}: ${message}`);
  const more = problemCount - problems.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Short for what it says. Not of which version: whoever changes a label ten times a second would have ten Events. */
function toDigest(reason: string, message: string): string {
  return createHash('sha256').update(`${reason}\n${message}`).digest('base64').slice(0, 16);
}
