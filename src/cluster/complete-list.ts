/**
 * Reads a complete list in pages. Where the pages took longer than their continue token lives, the next list is read as a whole.
 *
 * API servers keep a token for some 5 to 10 minutes. A longer list in pages would start over again and again, so the next
 * list is requested without pages, as client-go does. That fails too where it doesn't arrive within the server's own limit
 * (usually a minute), so the list after it is in pages again.
 */

import type { StoredObject } from '../ports/stored-object.ts';
import { hasStatus } from './errors.ts';
import { type Collection, type PageEnd, readPage } from './list.ts';
import type { Transport } from './transport.ts';

export interface CompleteListOptions {
  readonly transport: Transport;
  readonly collection: Collection;
  /** Objects a page. */
  readonly pageSize: number;
  /** Seconds without a byte after which the connection is taken for dead. */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
  /** Retries a page until it succeeds, so that a failure doesn't restart the list. */
  readonly attempt: <R>(request: () => Promise<R>) => Promise<R>;
  /** Called when a page (or as many objects of a list without pages) gets further than every list since the last complete one. */
  readonly onProgress: () => void;
}

export interface CompleteList {
  /**
   * Calls `take` with each object, some of them twice, and returns the list's resource version.
   * @throws the errors of `attempt`, and any error of a list without pages. Then list anew.
   */
  read(take: (object: StoredObject) => Promise<void>): Promise<string>;
}

export function buildCompleteList(options: CompleteListOptions): CompleteList {
  const { transport, collection, pageSize, attempt, onProgress, silenceSeconds, signal } = options;
  const shared = { silenceSeconds, signal };
  /** The most pages that a list has read since the last complete one. */
  let furthest = 0;
  let tokenExpired = false;

  function came(pages: number): void {
    if (pages <= furthest) return;
    furthest = pages;
    onProgress();
  }

  async function readPages(take: (object: StoredObject) => Promise<void>): Promise<string> {
    let end: PageEnd | undefined;
    let pages = 0;
    do {
      const token = end?.token;
      try {
        end = await attempt(() => readPage(transport, collection, { ...shared, limit: pageSize, token }, take));
      } catch (error) {
        tokenExpired = token !== undefined && hasStatus(error, 410);
        throw error;
      }
      came(++pages);
    } while (end.token !== undefined);
    return end.resourceVersion;
  }

  async function readWhole(take: (object: StoredObject) => Promise<void>): Promise<string> {
    let objects = 0;
    const { resourceVersion } = await readPage(transport, collection, shared, async (object) => {
      await take(object);
      objects += 1;
      if (objects % pageSize === 0) came(objects / pageSize);
    });
    return resourceVersion;
  }

  return {
    async read(take) {
      const asWhole = tokenExpired;
      tokenExpired = false;
      const resourceVersion = await (asWhole ? readWhole : readPages)(take);
      furthest = 0;
      return resourceVersion;
    },
  };
}
