/**
 * Where distributions keep the programs that give pods their network.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];

/** The folder that has them; undefined where none has. */
export function findCniPlugins(): string | undefined {
  return folders.find((folder) => existsSync(join(folder, 'ptp')));
}
