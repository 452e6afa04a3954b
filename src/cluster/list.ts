/**
 * Reads one page of a list, or the whole list. Each object is passed on while the next ones are still arriving.
 */

import type { StoredObject } from '../ports/stored-object.ts';
import { ConnectionError, notJson } from './errors.ts';
import { splitItems } from './list-items.ts';
import type { Transport } from './transport.ts';

/** What to list: a collection's path, and a field selector to narrow it to one object. */
export interface Collection {
  /** For example `/api/v1/configmaps`. */
  readonly path: string;
  /** For example `metadata.name=sse-kms-operator`. */
  readonly fieldSelector?: string;
}

export interface PageRequest {
  /** Objects in a page; default: all. */
  readonly limit?: number;
  /** From the page before; undefined for the first. */
  readonly token?: string | undefined;
  /** Seconds without a byte after which the connection is taken for dead. */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
}

export interface PageEnd {
  /** The version of the whole list; a watch continues from here. */
  readonly resourceVersion: string;
  /** For the next page; undefined after the last. */
  readonly token: string | undefined;
}

/**
 * Calls `take` with each object of a page, and returns how to continue. A page that fails may have passed some of its objects
 * already.
 * @throws ApiError with status 410 where the token expired, and only a new list helps; other ApiErrors and
 * ConnectionErrors: the same page can be asked for again.
 */
export async function readPage(
  transport: Transport,
  { path, fieldSelector }: Collection,
  { limit, token, silenceSeconds, signal }: PageRequest,
  take: (object: StoredObject) => Promise<void>,
): Promise<PageEnd> {
  const query = { limit, continue: token, fieldSelector };
  // Some servers begin to answer only once they have gathered the whole list, and allow themselves a minute for it.
  const timeoutSeconds = limit === undefined ? 60 : 30;
  const items = splitItems(await transport.open({ path, query, timeoutSeconds, silenceSeconds, signal }));
  try {
    for (;;) {
      const item = await items.next();
      if (item.done) return toPageEnd(item.value);
      await take(JSON.parse(item.value));
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson('the answer');
    throw error;
  } finally {
    await items.return('');
  }
}

function toPageEnd(envelope: string): PageEnd {
  const { items, metadata } = JSON.parse(envelope) as {
    readonly items?: unknown;
    readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  };
  // A proxy may answer in place of the server. Taken for an empty list, its answer would empty the cache.
  if (!Array.isArray(items) || metadata?.resourceVersion === undefined) {
    throw new ConnectionError('the answer is not a list');
  }
  return { resourceVersion: metadata.resourceVersion, token: metadata.continue || undefined };
}
