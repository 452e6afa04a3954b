/**
 * ConfigMaps of very many small keys, written all at once: parsed, a review takes some thirty times its body.
 */
import type { Transport } from '../../src/kube/transport.ts';
import type { Fixture } from './fixture.ts';
import type { Program } from './program.ts';

const [writes, keys] = [12, 60_000];

/** Creates and changes them; the operator's peak meanwhile, in MB. They are deleted again. */
export async function writeBurst(program: Program, api: Transport, { namespaces }: Fixture): Promise<number> {
  const path = `/api/v1/namespaces/${namespaces[0]?.name}/configmaps`;
  const names = Array.from({ length: writes }, (_, index) => `burst-${index}`);
  const all = (send: (name: string) => Promise<unknown>) => Promise.all(names.map(send));
  const data: Record<string, string> = { 'core-site.xml': '<configuration/>' };
  for (let index = 0; index < keys; index++) data[index.toString(36)] = '';
  program.resetPeak();
  await all((name) => api.send({ method: 'POST', path, body: { metadata: { name }, data }, timeoutSeconds: 120 }));
  const change = { contentType: 'application/merge-patch+json', body: { data: { changed: 'yes' } } } as const;
  await all((name) => api.send({ method: 'PATCH', path: `${path}/${name}`, ...change, timeoutSeconds: 120 }));
  const { peak } = program.memory();
  await all((name) => api.send({ method: 'DELETE', path: `${path}/${name}`, timeoutSeconds: 120 }));
  return peak;
}
