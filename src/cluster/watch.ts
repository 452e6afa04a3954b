/**
 * One watch: the events of a collection after a resource version, until the server ends the watch or sends nothing for too long.
 */

import type { StoredObject } from '../ports/stored-object.ts';
import { notJson, toApiError } from './errors.ts';
import type { Collection } from './list.ts';
import type { Transport } from './transport.ts';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: StoredObject }
  /** Nothing happened up to this resource version: sent about once a minute. */
  | { readonly type: 'BOOKMARK'; readonly object: StoredObject };

export interface WatchOptions {
  readonly resourceVersion: string;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Seconds without a byte, bookmarks included, after which the connection is taken for dead. */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Opens a watch. Once it is open, the server guarantees every event since `resourceVersion`. The events end when the server
 * ends the watch. Both opening and reading may fail:
 * @throws ApiError with status 410 where the resource version is too old: list again; other ApiErrors and
 * ConnectionErrors: watch again.
 */
export async function openWatch(
  transport: Transport,
  { path, fieldSelector }: Collection,
  { resourceVersion, timeoutSeconds, silenceSeconds, signal }: WatchOptions,
): Promise<AsyncGenerator<WatchEvent>> {
  const query = { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds, fieldSelector };
  return readEvents(await transport.open({ path, query, silenceSeconds, signal }));
}

async function* readEvents(chunks: AsyncGenerator<Buffer>): AsyncGenerator<WatchEvent> {
  try {
    for await (const line of readLines(chunks)) {
      const event = JSON.parse(line) as WatchEvent | { readonly type: 'ERROR'; readonly object: unknown };
      if (event.type !== 'ERROR') yield event;
      else throw toApiError((event.object as { code?: number }).code ?? 500, JSON.stringify(event.object), undefined);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson('an event');
    throw error;
  } finally {
    await chunks.return(undefined);
  }
}

const newline = 0x0a;

/** The lines without their ends. Text after the last line end is an incomplete event and is dropped. */
async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      rest.push(chunk.subarray(start, end));
      yield Buffer.concat(rest).toString();
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}
