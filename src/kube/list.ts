/**
 * A paginated list: pages of at most 500 objects and a few megabytes, each handed on before the next is asked for.
 */
import { AnswerTooLarge, ConnectionError } from './errors.ts';
import type { Transport } from './transport.ts';

/** As much of any object as is needed to know it by name. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What to list: a collection's path, and a field selector to narrow it to one object. */
export interface Collection {
  /** For example `/api/v1/configmaps`. */
  readonly path: string;
  /** For example `metadata.name=sse-kms-operator`. */
  readonly fieldSelector?: string;
}

export interface ListPage {
  readonly items: readonly KubeObject[];
  /** The version of the whole list; a watch goes on from here. */
  readonly resourceVersion: string;
}

export interface PageSize {
  /** Objects a page. */
  readonly objects: number;
  /** Bytes a page: parsed JSON takes several times as much memory, and ConfigMaps may be 1 MiB each. */
  readonly bytes: number;
}

/**
 * All pages of a collection, in order. `attempt` runs each request, so that the caller can try a page again without
 * starting the list anew; a 410 (the continue token expired) must pass through it, for then only a new list helps.
 * A page that grows past `size.bytes` is cut off and asked for again with half as many objects; a single object is read
 * whatever its size.
 */
export async function* listPages(
  transport: Transport,
  collection: Collection,
  size: PageSize,
  attempt: <R>(request: () => Promise<R>) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  let limit = size.objects;
  let token: string | undefined;
  do {
    const query = { limit, continue: token, fieldSelector: collection.fieldSelector };
    const maxBytes = limit > 1 ? size.bytes : Number.POSITIVE_INFINITY;
    let page: ListPage & { readonly token: string | undefined };
    try {
      page = await attempt(async () =>
        toPage(await transport.send({ path: collection.path, query, maxBytes, signal })),
      );
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error;
      limit = Math.max(1, Math.floor(limit / 2));
      continue;
    }
    yield page;
    token = page.token;
    limit = Math.min(size.objects, limit * 2);
  } while (token !== undefined);
}

function toPage(answer: unknown): ListPage & { readonly token: string | undefined } {
  const { items, metadata } = answer as {
    readonly items?: readonly KubeObject[] | null;
    readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  };
  // Something between us and the server may answer in its name; taken for a list, it would empty our view.
  if (metadata?.resourceVersion === undefined) throw new ConnectionError('the answer is not a list');
  return { items: items ?? [], resourceVersion: metadata.resourceVersion, token: metadata.continue || undefined };
}
