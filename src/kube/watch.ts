/**
 * One watch: the events of a collection from a resource version on, until the server ends it or it falls silent.
 */
import type { Readable } from 'node:stream';
import { ConnectionError, toApiError } from './errors.ts';
import type { Collection, KubeObject } from './list.ts';
import type { Transport } from './transport.ts';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  /** Nothing happened up to this resource version: sent about once a minute. */
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject };

export interface WatchOptions {
  readonly resourceVersion: string;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Seconds without a byte after which the connection is taken for dead (cut without FIN, a paused server). */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Opens a watch; once it is open, the server vouches that no event since `resourceVersion` will be missing. The events
 * end when the server ends the watch. Both opening and reading may fail:
 * @throws ApiError with status 410 where the resource version is too old: list again; other ApiErrors and
 * ConnectionErrors: watch again.
 */
export async function openWatch(
  transport: Transport,
  { path, fieldSelector }: Collection,
  { resourceVersion, timeoutSeconds, silenceSeconds, signal }: WatchOptions,
): Promise<AsyncGenerator<WatchEvent>> {
  const query = { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds, fieldSelector };
  const body = await transport.open({ path, query, signal });
  return readEvents(body, path, silenceSeconds, signal);
}

async function* readEvents(
  body: Readable,
  path: string,
  silenceSeconds: number,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const silence = setTimeout(
    () => body.destroy(new Error(`no event and no bookmark for ${silenceSeconds} s`)),
    silenceSeconds * 1000,
  ).unref();
  try {
    for await (const line of readLines(body, () => silence.refresh())) {
      const event = JSON.parse(line.toString()) as WatchEvent | { readonly type: 'ERROR'; readonly object: unknown };
      if (event.type !== 'ERROR') yield event;
      else throw toApiError((event.object as { code?: number }).code ?? 500, JSON.stringify(event.object), undefined);
    }
  } catch (error) {
    if (signal.aborted || (error instanceof Error && error.name === 'ApiError')) throw error;
    throw new ConnectionError(`the watch of ${path} broke off`, { cause: error });
  } finally {
    clearTimeout(silence);
    body.destroy();
  }
}

const newline = 0x0a;

/** The lines of a stream, without their ends; what follows the last line end is half an event and is dropped. */
async function* readLines(stream: Readable, onBytes: () => void): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onBytes();
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      rest.push(chunk.subarray(start, end));
      yield Buffer.concat(rest);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}
