/**
 * The reports of all replicas about updates that they changed back: an annotation of one Lease, which exists once a replica
 * has something to tell. A Lease is small, changes often, and sits beside the one by which the leader is elected.
 */
import { z } from 'zod';
import { type RevertedCount, windowMs } from '../core/contention.ts';
import type { ExchangeReports } from '../ports/contention-reports.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { ApiError, hasStatus } from './errors.ts';
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
/** `at`: when the replica wrote it, in milliseconds since 1970. A replica that has ended can't take its report back. */
const reports = z.record(z.string(), z.object({ at: z.number(), objects: z.array(count) }));
type Reports = Readonly<Record<string, { readonly at: number; readonly objects: readonly RevertedCount[] }>>;

/** All annotations of an object together have 256 KiB at most: the latest reports stay, each with as many objects as fit. */
const mostReplicas = 12;
const mostBytes = 20_000;
/** Another replica may write at the same time. */
const mostTries = 3;
const timeoutSeconds = 5;

export interface ContentionLease {
  readonly namespace: string;
  readonly name: string;
  /** Unique to this replica. */
  readonly replica: string;
}

/** The returned function throws as `Transport.send` does. `now`: milliseconds since 1970. */
export function buildExchangeReports(
  transport: Transport,
  { namespace, name, replica }: ContentionLease,
  now: () => number = Date.now,
): ExchangeReports {
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

  async function write(stored: StoredObject | undefined, all: Reports, signal: AbortSignal): Promise<void> {
    const annotations = { ...toAnnotations(stored), [annotation]: JSON.stringify(all) };
    const metadata = { ...(stored?.metadata ?? { name, namespace }), annotations };
    const body = { ...stored, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata };
    const shared = { query: { fieldManager }, body, timeoutSeconds, signal };
    await transport.send(
      stored === undefined ? { ...shared, method: 'POST', path: collection } : { ...shared, method: 'PUT', path },
    );
  }

  return async (objects, signal) => {
    for (let tries = 1; ; tries++) {
      const stored = await read(signal);
      const before = parse(toAnnotations(stored)[annotation], now());
      const { [replica]: mine, ...others } = before;
      if (objects.length === 0 && mine === undefined) return toObjects(before);
      const all: Reports =
        objects.length === 0 ? others : { ...latest(others), [replica]: { at: now(), objects: toFitting(objects) } };
      try {
        await write(stored, all, signal);
        return toObjects(all);
      } catch (error) {
        if (!(error instanceof ApiError && hasStatus(error, 409)) || tries === mostTries) throw error;
      }
    }
  };
}

function toAnnotations(stored: StoredObject | undefined): Readonly<Record<string, string>> {
  return (stored?.metadata.annotations ?? {}) as Readonly<Record<string, string>>;
}

/** The reports that aren't older than what they count. What somebody else has written into the annotation counts as nothing. */
function parse(text: string | undefined, now: number): Reports {
  try {
    const all = reports.parse(JSON.parse(text ?? '{}'));
    return Object.fromEntries(Object.entries(all).filter(([, { at }]) => Math.abs(now - at) < windowMs));
  } catch {
    return {};
  }
}

/** The first objects, as many as fit into `mostBytes`. */
function toFitting(objects: readonly RevertedCount[]): readonly RevertedCount[] {
  let bytes = 0;
  return objects.filter((object) => {
    bytes += Buffer.byteLength(JSON.stringify(object)) + 1;
    return bytes <= mostBytes;
  });
}

function latest(others: Reports): Reports {
  const byTime = Object.entries(others).sort(([, a], [, b]) => b.at - a.at);
  return Object.fromEntries(byTime.slice(0, mostReplicas - 1));
}

function toObjects(all: Reports) {
  return Object.values(all).map(({ objects }) => objects);
}
