/**
 * The one folder outside the repository that tests and demo write to. Plain JavaScript, because the bootstrap reads it on the system's Node.
 */
import { userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * @returns {string} `$XDG_CACHE_HOME/sse-kms-operator`, else `~/.cache/sse-kms-operator`; an empty HOME falls back to the user database
 */
export function cacheFolder() {
  const caches = process.env.XDG_CACHE_HOME || join(process.env.HOME || userInfo().homedir, '.cache');
  return join(caches, 'sse-kms-operator');
}
