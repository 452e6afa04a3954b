/**
 * A Secret volume as the kubelet keeps it: each version in a folder of its own, and the link `..data` turned from one to
 * the next in one step (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go).
 */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Files = Readonly<Record<string, string>>;

export interface KubeletVolume {
  readonly folder: string;
  /** What the Secret holds from now on; names that were there before and are no more are taken away. */
  update(files: Files): Promise<void>;
  /** What no kubelet does, but an administrator's `cp` might: into the version that is there. */
  overwrite(name: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function buildKubeletVolume(parent = tmpdir()): Promise<KubeletVolume> {
  const folder = await mkdtemp(join(parent, 'certificates-'));
  let version = 0;
  let current: { readonly name: string; readonly keys: readonly string[] } | undefined;
  return {
    folder,
    async update(files) {
      const name = `..2026_11_24_00_00_00.${++version}`;
      await mkdir(join(folder, name));
      for (const [key, text] of Object.entries(files)) await writeFile(join(folder, name, key), text);
      await symlink(name, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
      const before = current;
      current = { name, keys: Object.keys(files) };
      for (const key of current.keys.filter((one) => !before?.keys.includes(one))) {
        await symlink(join('..data', key), join(folder, key));
      }
      for (const key of before?.keys.filter((one) => !(one in files)) ?? []) await rm(join(folder, key));
      if (before) await rm(join(folder, before.name), { recursive: true });
    },
    overwrite: (name, text) => writeFile(join(folder, name), text),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
