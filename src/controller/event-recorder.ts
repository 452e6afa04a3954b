/**
 * Events about ConfigMaps: once for what is the matter with one, and so many a second at most, in all and of each namespace.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { World } from '../ports/cluster-client.ts';
import type { Judgement, Outcome } from './compliance.ts';
import type { Carrier } from './config-objects.ts';
import type { Wish } from './decide.ts';
import { buildAllowance, type Rate } from './rate-limit.ts';

/**
 * Tells what is the matter with a carrier, unless it was told already. False where the rate limit forbids it for now, or
 * the Event could not be written.
 */
export type Announce = (carrier: Carrier, judgement: Judgement, wish: Wish) => Promise<boolean>;

export interface AnnounceOptions {
  readonly writeEvent: World['writeEvent'];
  /** Of all namespaces together. */
  readonly rate: Rate;
  /** Of each, so that none takes all. */
  readonly namespaceRate: Rate;
  /** Milliseconds of the monotonic clock. */
  readonly now?: () => number;
  readonly stopping: AbortSignal;
  readonly log: Logger;
}

/** API servers forget Events after an hour by default; what still holds then is told again at the next full pass. */
const tellAgainMs = 61 * 60_000;

/** What a person can do something about; the rest is the status' business. */
const worthTelling: readonly Outcome[] = ['refused', 'immutable', 'pending'];

export function buildAnnounce(options: AnnounceOptions): Announce {
  const { writeEvent, rate, namespaceRate, now = () => performance.now(), stopping, log } = options;
  const allowed = buildAllowance(rate, namespaceRate, now);
  return async (carrier, judgement, { assignment }) => {
    const { outcome, findings } = judgement;
    const [first] = findings;
    if (first === undefined || !worthTelling.includes(outcome)) return true;
    const { kind, namespace, name, uid, resourceVersion } = carrier;
    carrier.told ??= { news: '', at: 0 };
    const { told } = carrier;
    const { reason } = first;
    const message = toMessage(judgement);
    const news = toNews(reason, message);
    if (told.news === news && now() - told.at < tellAgainMs) return true;
    if (!allowed(namespace)) return false;
    try {
      const event = { kind, namespace, name, uid, resourceVersion, assignment: assignment.name, reason, message };
      await writeEvent(event, stopping);
      told.news = news;
      told.at = now();
      return true;
    } catch (error) {
      if (!stopping.aborted) log.warn({ err: error, namespace, kind, name, reason }, 'could not write an Event');
      return false;
    }
  };
}

/** What was found, line by line; of many findings the first ones, and how many more there are. */
function toMessage({ findings, findingCount }: Judgement): string {
  const lines = findings.map(({ dataKey, message }) => `${dataKey}: ${message}`);
  const more = findingCount - findings.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Short for what it says. Not of which version: whoever changes a label ten times a second would have ten Events. */
function toNews(reason: string, message: string): string {
  return createHash('sha256').update(`${reason}\n${message}`).digest('base64').slice(0, 16);
}
