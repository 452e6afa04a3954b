/**
 * ConfigMaps of very many small keys, written all at once: parsed, a review takes some thirty times its body.
 */
import { hasStatus, isRetriable } from '../../src/cluster/errors.ts';
import type { Request, Transport } from '../../src/cluster/transport.ts';
import type { Fixture } from './fixture.ts';
import type { Program } from './program.ts';

const [writes, keys, mostTries] = [12, 60_000, 5];

/** Creates and changes them; the operator's peak meanwhile, in MB. They are deleted again. */
export async function writeBurst(program: Program, api: Transport, { namespaces }: Fixture): Promise<number> {
  const path = `/api/v1/namespaces/${namespaces[0]?.name}/configmaps`;
  const names = Array.from({ length: writes }, (_, index) => `burst-${index}`);
  const all = (request: (name: string) => Request) => Promise.all(names.map((name) => insist(api, request(name))));
  const data: Record<string, string> = { 'core-site.xml': '<configuration/>' };
  for (let index = 0; index < keys; index++) data[index.toString(36)] = '';
  program.resetPeak();
  await all((name) => ({ method: 'POST', path, body: { metadata: { name }, data } }));
  const change = { contentType: 'application/merge-patch+json', body: { data: { changed: 'yes' } } } as const;
  await all((name) => ({ method: 'PATCH', path: `${path}/${name}`, ...change }));
  const { peak } = program.memory();
  await all((name) => ({ method: 'DELETE', path: `${path}/${name}` }));
  return peak;
}

/** An API server that shares two processors with all else may give up one of them after its own minute. */
async function insist(api: Transport, request: Request): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await api.send({ ...request, timeoutSeconds: 120 });
      return;
    } catch (error) {
      // Done by a try that was given up.
      if (tries > 1 && (hasStatus(error, 404) || (request.method === 'POST' && hasStatus(error, 409)))) return;
      if (tries === mostTries || !isRetriable(error)) throw error;
    }
  }
}
