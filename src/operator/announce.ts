/**
 * Events about ConfigMaps: once for each problem of each version, and so many a second at most.
 */
import type { Logger } from 'pino';
import type { Carrier, Verdict } from './carriers.ts';
import type { Wish } from './decide.ts';
import type { Outcome } from './judge.ts';
import type { World } from './world.ts';

/**
 * Tells what is the matter with a carrier, unless it was told already. False where the rate limit forbids it for now, or
 * the Event could not be written.
 */
export type Announce = (carrier: Carrier, verdict: Verdict, wish: Wish) => Promise<boolean>;

export interface AnnounceOptions {
  readonly writeEvent: World['writeEvent'];
  /** Events a second in the long run. */
  readonly perSecond: number;
  /** Events at once, after a time of silence. */
  readonly burst: number;
  /** Milliseconds of the monotonic clock. */
  readonly now?: () => number;
  readonly stopping: AbortSignal;
  readonly log: Logger;
}

/** API servers forget Events after an hour by default; what still holds then is told again at the next full pass. */
const tellAgainMs = 61 * 60_000;

/** What a person can do something about; the rest is the status' business. */
const told: readonly Outcome[] = ['refused', 'immutable', 'pending'];

export function buildAnnounce(options: AnnounceOptions): Announce {
  const { writeEvent, perSecond, burst, now = () => performance.now(), stopping, log } = options;
  const allowed = buildAllowance(perSecond, burst, now);
  return async (carrier, verdict, { assignment }) => {
    const { outcome, findings, resourceVersion } = verdict;
    const [first] = findings;
    if (first === undefined || !told.includes(outcome)) return true;
    const news = `${first.reason} ${resourceVersion}`;
    if (carrier.told === news && now() - carrier.toldAt < tellAgainMs) return true;
    if (!allowed()) return false;
    const { kind, namespace, name, uid } = carrier;
    const { reason } = first;
    const message = toMessage(verdict);
    try {
      const event = { kind, namespace, name, uid, resourceVersion, assignment: assignment.name, reason, message };
      await writeEvent(event, stopping);
      carrier.told = news;
      carrier.toldAt = now();
      return true;
    } catch (error) {
      if (!stopping.aborted) log.warn({ err: error, namespace, kind, name, reason }, 'could not write an Event');
      return false;
    }
  };
}

/** What was found, line by line; of many findings the first ones, and how many more there are. */
function toMessage({ findings, findingCount }: Verdict): string {
  const lines = findings.map(({ dataKey, message }) => `${dataKey}: ${message}`);
  const more = findingCount - findings.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** A token bucket. */
function buildAllowance(perSecond: number, burst: number, now: () => number): () => boolean {
  let tokens = burst;
  let filledAt = now();
  return () => {
    const askedAt = now();
    tokens = Math.min(burst, tokens + ((askedAt - filledAt) / 1000) * perSecond);
    filledAt = askedAt;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
