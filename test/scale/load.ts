/**
 * Puts a fixture into a cluster as fast as the API server takes it.
 */
import type { Transport } from '../../src/cluster/transport.ts';
import type { Fixture } from './fixture.ts';

/** Requests in flight. */
const width = 48;

/** Namespaces and ConfigMaps; the webhooks must not be there yet. Calls back with how many ConfigMaps there are. */
export async function loadFixture(
  api: Transport,
  { namespaces, configMaps }: Fixture,
  onProgress: (created: number) => void,
): Promise<void> {
  await createAll(
    namespaces.values(),
    ({ name, labels }) => create(api, '/api/v1/namespaces', { metadata: { name, labels } }),
    () => {},
  );
  await createAll(
    configMaps(),
    ({ namespace, name, labels, ...rest }) =>
      create(api, `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name, labels }, ...rest }),
    onProgress,
  );
}

export async function create(api: Transport, path: string, body: unknown): Promise<void> {
  await api.send({ method: 'POST', path, body, timeoutSeconds: 60 });
}

async function createAll<T>(
  items: Iterator<T> & Iterable<T>,
  createOne: (item: T) => Promise<void>,
  onProgress: (created: number) => void,
): Promise<void> {
  let created = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = items.next(); !next.done; next = items.next()) {
        await createOne(next.value);
        created += 1;
        onProgress(created);
      }
    }),
  );
}
