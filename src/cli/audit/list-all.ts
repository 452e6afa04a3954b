/**
 * A whole collection, read in pages, of which each object is handed on once.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredObject } from '../../ports/stored-object.ts';
import { type Collection, ConnectionError, hasStatus, isRetriable, readPage, type Transport } from './core.ts';

export interface ListOptions<T> {
  readonly transport: Transport;
  readonly collection: Collection;
  readonly signal: AbortSignal;
  /** What is kept of an object, or undefined; called for an object again where its page has to be read again. */
  readonly reduce: (object: StoredObject) => T | undefined;
  /** Called for what was kept, once its page is complete. */
  readonly take: (kept: T) => void;
  /** How many objects came by so far. */
  readonly onProgress?: (objects: number) => void;
  readonly pageSize?: number;
}

/** A page of ConfigMaps may have a MiB an object; these come one at a time, and only what is kept of them stays. */
const usualPageSize = 500;
const silenceSeconds = 30;
/** A page that fails is asked for again after these. */
const retryMs = [500, 2000, 5000];

/**
 * Where the pages took longer than the server keeps them, the list begins anew as a whole; what was taken is skipped then.
 * @throws ApiError or ConnectionError where a page fails for good.
 */
export async function listAll<T>(options: ListOptions<T>): Promise<void> {
  const taken = new Set<string>();
  try {
    await readPages(options, options.pageSize ?? usualPageSize, taken);
  } catch (error) {
    if (!hasStatus(error, 410)) throw error;
    await readPages(options, undefined, taken);
  }
}

async function readPages<T>(options: ListOptions<T>, limit: number | undefined, taken: Set<string>): Promise<void> {
  const { transport, collection, signal, reduce, take, onProgress } = options;
  let token: string | undefined;
  let before = 0;
  do {
    token = await retry(async () => {
      const kept = new Map<string, T>();
      let objects = before;
      const request = { silenceSeconds, signal, token, ...(limit !== undefined && { limit }) };
      const end = await readPage(transport, collection, request, async (object) => {
        objects += 1;
        if (objects % 100 === 0) onProgress?.(objects);
        const place = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
        const one = taken.has(place) ? undefined : reduce(object);
        if (one !== undefined) kept.set(place, one);
      });
      for (const [place, one] of kept) {
        taken.add(place);
        take(one);
      }
      before = objects;
      return end.token;
    });
  } while (token !== undefined);
}

/** What will fail again the same way, for want of rights for example, is thrown at once. */
async function retry<R>(request: () => Promise<R>): Promise<R> {
  for (let attempt = 0; ; attempt++) {
    const wait = retryMs[attempt];
    try {
      return await request();
    } catch (error) {
      const isHopeless = !isRetriable(error) || hasStatus(error, 401) || isRefused(error);
      if (isHopeless || wait === undefined) throw error;
      await sleep(wait);
    }
  }
}

/** Nobody listens there, or no such host: the kubeconfig is wrong, and not the network. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof ConnectionError ? (error.cause as { code?: string } | undefined) : undefined;
  return ['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'].includes(cause?.code ?? '');
}
