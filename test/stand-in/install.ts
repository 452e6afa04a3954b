/**
 * moto and the AWS command line from PyPI, in the cache folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import { withLock } from '../controlplane/lock.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { fill } from '../hadoop/jars.ts';
import { cacheFolder } from '../run/cache-folder.mjs';

/** A stand-in for the API of S3 and KMS, not for their cryptography; flask serves it. */
const moto = { name: 'moto-5.2.5', packages: ['moto[s3,kms]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'] };
const awsCli = { name: 'awscli-1.46.3', packages: ['awscli==1.46.3'] };

/** The folder for PYTHONPATH. @throws CommandFailed where pip can't fetch */
export function ensureMoto(): Promise<string> {
  return ensure(moto);
}

/** The same for `python3 -m awscli`. */
export function ensureAwsCli(): Promise<string> {
  return ensure(awsCli);
}

async function ensure({ name, packages }: typeof moto): Promise<string> {
  const folder = join(cacheFolder(), 'python', name);
  const install = (partial: string) => {
    const words = ['--quiet', '--no-compile', '--target', partial, ...packages];
    return runCommand('python3', ['-m', 'pip', 'install', ...words], { timeout: 600_000 }).then(() => {});
  };
  if (!existsSync(folder)) {
    const once = async () => {
      if (existsSync(folder)) return;
      await withProgress(sayOnStderr, `fetching ${name} from PyPI`, () => fill(folder, install));
    };
    const wait = (owner: string) => sayOnStderr(`waiting for another process (${owner}) that fetches ${name}`);
    await withLock(join(cacheFolder(), 'python', 'installing'), once, wait);
  }
  return folder;
}
