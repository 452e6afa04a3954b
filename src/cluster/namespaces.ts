/**
 * A single namespace, read live.
 */

import type { StoredObject } from '../ports/stored-object.ts';
import { hasStatus } from './errors.ts';
import type { Transport } from './transport.ts';

/**
 * A namespace with its labels; undefined where there is none. The time limit is two seconds, since an admission request waits
 * for it. Throws as `Transport.send` does.
 */
export async function readNamespace(
  transport: Transport,
  name: string,
): Promise<{ readonly name: string; readonly labels: Readonly<Record<string, string>> } | undefined> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const { metadata } = (await transport.send({ path, timeoutSeconds: 2 })) as StoredObject;
    return { name: metadata.name, labels: (metadata.labels ?? {}) as Record<string, string> };
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
