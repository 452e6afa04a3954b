/**
 * One Secret, read and written by name. A write never overwrites another writer's newer version.
 */

import type { SecretStore, StoredSecret } from '../ports/certificate-stores.ts';
import { hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Transport } from './transport.ts';

/** Methods throw as `Transport.send` does, except for their named outcomes. */
export function buildSecretStore(transport: Transport, namespace: string, name: string): SecretStore {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${collection}/${encodeURIComponent(name)}`;

  function create(data: Record<string, string>): Promise<unknown> {
    const labels = { 'app.kubernetes.io/managed-by': fieldManager };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, type: 'Opaque', data };
    return transport.send({ method: 'POST', path: collection, query: { fieldManager }, body });
  }

  function change(data: Record<string, string>, resourceVersion: string): Promise<unknown> {
    const body = { metadata: { resourceVersion }, data };
    const contentType = 'application/merge-patch+json';
    return transport.send({ method: 'PATCH', path, query: { fieldManager }, contentType, body });
  }

  return {
    async read() {
      try {
        return toStoredSecret(await transport.send({ path }));
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },
    async write(data, after) {
      const encoded = Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
      );
      try {
        await (after === undefined ? create(encoded) : change(encoded, after.version));
        return 'written';
      } catch (error) {
        // A create in a missing namespace answers 404 too, and that is no conflict with another writer.
        if (hasStatus(error, 409) || (after !== undefined && hasStatus(error, 404))) return 'conflict';
        throw error;
      }
    },
  };
}

function toStoredSecret(answer: unknown): StoredSecret {
  const secret = answer as { metadata: { resourceVersion: string }; data?: Record<string, string> | null };
  const decoded = Object.entries(secret.data ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]);
  return { version: secret.metadata.resourceVersion, data: Object.fromEntries(decoded) };
}
