/**
 * Writes Events on assignments whose keys can't be used: one an hour for each problem, since API servers delete them after that.
 */
import type { Logger } from 'pino';
import type { ClusterClient } from '../ports/cluster-client.ts';
import { type KeyFinding, toKeyMessage } from './key-condition.ts';
import { buildAllowance } from './rate-limit.ts';

export interface KeyEventsOptions {
  readonly writeKeyEvent: ClusterClient['writeKeyEvent'];
  readonly clock: () => Date;
  readonly stopping: AbortSignal;
  readonly log: Logger;
}

export type RecordKeyEvents = (assignment: string, uid: string, findings: readonly KeyFinding[]) => Promise<void>;

const hourMs = 3_600_000;
/** Of all assignments together: one disabled key may be that of a thousand. */
const rate = { perSecond: 5, burst: 50 };

/** Builds a recorder, which never throws: failed writes are logged, and tried again when KMS was asked the next time. */
export function buildKeyEvents({ writeKeyEvent, clock, stopping, log }: KeyEventsOptions): RecordKeyEvents {
  const allowed = buildAllowance(rate, rate, () => performance.now());
  /** Digests of the Events that are there, by the assignment's uid. */
  const recorded = new Map<string, ReadonlySet<string>>();
  return async (assignment, uid, findings) => {
    const before = recorded.get(uid);
    const there = new Set<string>();
    for (const finding of findings) {
      const { status, reason, lastAnswerAt: _, ...rest } = finding.judgement;
      if (status !== 'False') continue;
      const message = toKeyMessage({ ...finding, judgement: { status, reason, ...rest } });
      const digest = `${Math.floor(clock().getTime() / hourMs)} ${reason} ${message}`;
      if (!before?.has(digest)) {
        if (!allowed(assignment)) continue;
        try {
          await writeKeyEvent({ assignment, uid, reason, message, digest }, stopping);
        } catch (err) {
          if (!stopping.aborted) log.warn({ err, assignment, reason }, 'could not write an Event');
          continue;
        }
      }
      there.add(digest);
    }
    if (there.size > 0) recorded.set(uid, there);
    else recorded.delete(uid);
  };
}
