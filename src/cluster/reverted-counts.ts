/**
 * The replicas' counts of reverted updates: an annotation of one Lease, which is created when a replica has the first count.
 * It isn't the Lease of the election, whose holder would lose time to conflicts of these writes.
 */
import { z } from 'zod';
import type { RevertedCount } from '../core/contention.ts';
import type { ExchangeCounts } from '../ports/reverted-counts.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Transport } from './transport.ts';

const annotation = 'ssekms.io/reverted-updates';

const count = z.object({
  kind: z.enum(['ConfigMap', 'Secret']),
  namespace: z.string(),
  name: z.string(),
  times: z.int().min(0),
  writers: z.array(z.object({ manager: z.string(), user: z.string() })),
});
/** By replica. `at`: when the replica wrote them, in milliseconds since 1970. */
const stored = z.record(z.string(), z.object({ at: z.number(), counts: z.array(count) }));
type Stored = Readonly<Record<string, { readonly at: number; readonly counts: readonly RevertedCount[] }>>;

/**
 * How long counts are valid after they were written, since a replica that has ended can't take its own back. For the whole
 * window, a client that repeats once a minute would be counted twice after a rolling update. Clocks of nodes may differ by less.
 */
export const validMs = 2 * 60_000;
/** All annotations of an object together have 256 KiB at most: the latest replicas stay, each with as many counts as fit. */
const mostReplicas = 12;
const mostBytes = 20_000;
const timeoutSeconds = 5;

export interface ContentionLease {
  readonly namespace: string;
  readonly name: string;
  /** Unique to this replica. */
  readonly replica: string;
}

/** The returned function throws as `Transport.send` does. `now`: milliseconds since 1970. */
export function buildExchangeCounts(
  transport: Transport,
  { namespace, name, replica }: ContentionLease,
  now: () => number = Date.now,
): ExchangeCounts {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${collection}/${encodeURIComponent(name)}`;

  async function read(signal: AbortSignal): Promise<StoredObject | undefined> {
    try {
      return (await transport.send({ path, timeoutSeconds, signal })) as StoredObject;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async function write(lease: StoredObject | undefined, all: Stored, signal: AbortSignal): Promise<void> {
    const annotations = { ...toAnnotations(lease), [annotation]: JSON.stringify(all) };
    const metadata = { ...(lease?.metadata ?? { name, namespace }), annotations };
    const body = { ...lease, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata };
    const shared = { query: { fieldManager }, body, timeoutSeconds, signal };
    await transport.send(
      lease === undefined ? { ...shared, method: 'POST', path: collection } : { ...shared, method: 'PUT', path },
    );
  }

  return async (own, signal) => {
    for (let tries = 1; ; tries++) {
      const lease = await read(signal);
      const before = parse(toAnnotations(lease)[annotation], now());
      const { [replica]: mine, ...others } = before;
      if (own.length === 0 && mine === undefined) return toCounts(before);
      const all = own.length === 0 ? others : { ...latest(others), [replica]: { at: now(), counts: toFitting(own) } };
      try {
        await write(lease, all, signal);
        return toCounts(all);
      } catch (error) {
        // Another replica has written meanwhile. Each does so once, so as many tries are enough.
        if (!hasStatus(error, 409) || tries === mostReplicas) throw error;
      }
    }
  };
}

function toAnnotations(lease: StoredObject | undefined): Readonly<Record<string, string>> {
  return (lease?.metadata.annotations ?? {}) as Readonly<Record<string, string>>;
}

/** What is still valid. What somebody else has written into the annotation counts as nothing. */
function parse(text: string | undefined, now: number): Stored {
  try {
    const all = stored.parse(JSON.parse(text ?? '{}'));
    return Object.fromEntries(Object.entries(all).filter(([, { at }]) => Math.abs(now - at) < validMs));
  } catch {
    return {};
  }
}

/** The first counts, as many as fit into `mostBytes`. */
function toFitting(counts: readonly RevertedCount[]): readonly RevertedCount[] {
  let bytes = 0;
  return counts.filter((one) => {
    bytes += Buffer.byteLength(JSON.stringify(one)) + 1;
    return bytes <= mostBytes;
  });
}

function latest(others: Stored): Stored {
  const byTime = Object.entries(others).sort(([, a], [, b]) => b.at - a.at);
  return Object.fromEntries(byTime.slice(0, mostReplicas - 1));
}

function toCounts(all: Stored) {
  return Object.values(all).map(({ counts }) => counts);
}
