import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKubeConfig } from '../../src/cluster/client.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, current: string | undefined): Promise<string> {
  const path = join(folder, name);
  const cluster = { name, cluster: { server: `https://${name}:6443` } };
  const context = { name, context: { cluster: name, user: name } };
  const user = { name, user: { token: name } };
  const config = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], users: [user], contexts: [context] };
  await writeFile(path, JSON.stringify({ ...config, 'current-context': current }));
  return path;
}

describe('loadKubeConfig', () => {
  it('reads the current cluster from a file', async () => {
    const paths = [await write('one', 'one')];
    expect(loadKubeConfig({ kind: 'files', paths }).getCurrentCluster()?.server).toBe('https://one:6443');
  });

  it('puts several files together, and the first to name a context decides', async () => {
    const paths = [await write('one', 'one'), await write('other', 'other'), await write('one', 'one')];
    const loaded = loadKubeConfig({ kind: 'files', paths });
    expect(loaded.getCurrentCluster()?.server).toBe('https://one:6443');
    expect(loaded.getContexts().map(({ name }) => name)).toEqual(['one', 'other']);
  });

  it('finds the context in a later file', async () => {
    const paths = [await write('one', undefined), await write('other', 'one')];
    expect(loadKubeConfig({ kind: 'files', paths }).getCurrentCluster()?.server).toBe('https://one:6443');
  });

  it('names the file that it cannot read, and says what the matter was', async () => {
    const path = join(folder, 'missing');
    const load = () => loadKubeConfig({ kind: 'files', paths: [path] });
    expect(load).toThrow(path);
    expect(load).toThrow(expect.objectContaining({ cause: expect.objectContaining({ code: 'ENOENT' }) }));
  });

  it('does not guess where there is no current context', async () => {
    const path = await write('one', undefined);
    expect(() => loadKubeConfig({ kind: 'files', paths: [path] })).toThrow('current context');
  });
});
