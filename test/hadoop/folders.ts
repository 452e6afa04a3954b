/**
 * Configuration folders for engines to read.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Folders {
  /** The path of a folder with these files, by their names. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
}

/** Each is a new folder in this one. */
export function openFolders(parent: string): Folders {
  let count = 0;
  return {
    async write(files) {
      count++;
      const folder = join(parent, `folder-${count}`);
      await mkdir(folder);
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      return folder;
    },
  };
}
