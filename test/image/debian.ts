/**
 * Debian packages, with all that they need, unpacked into a folder: what images are made of where no registry can be reached. Nothing is installed
 * on this machine; apt takes it for one without packages.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';

/** File names of the packages and of those they depend on, in their present versions. @throws CommandFailed where apt knows one of them not */
export async function findPackages(names: readonly string[], scratch: string): Promise<string[]> {
  const { stdout } = await apt(['--print-uris', 'install', ...names], scratch);
  const lines = stdout.split('\n').filter((line) => line.startsWith("'"));
  return lines.map((line) => line.split(' ')[1] ?? '');
}

/** Downloads and unpacks them into the folder `root`. Their own scripts don't run. */
export async function unpackPackages(names: readonly string[], root: string, scratch: string): Promise<void> {
  const archives = join(scratch, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  await apt(['--download-only', '-o', `Dir::Cache::archives=${archives}`, 'install', ...names], scratch);
  await mkdir(root, { recursive: true });
  const files = (await readdir(archives)).filter((file) => file.endsWith('.deb'));
  for (const file of files) await runCommand('dpkg-deb', ['--extract', join(archives, file), root]);
  for (const folder of ['doc', 'man', 'locale'])
    await rm(join(root, 'usr', 'share', folder), { recursive: true, force: true });
  await rm(archives, { recursive: true });
}

async function apt(args: readonly string[], scratch: string) {
  await mkdir(scratch, { recursive: true });
  const status = join(scratch, 'no-packages');
  await writeFile(status, '');
  const options = [`Dir::State::status=${status}`, 'Debug::NoLocking=1', 'APT::Sandbox::User=root'];
  return runCommand('apt-get', [
    ...options.flatMap((option) => ['-o', option]),
    '--no-install-recommends',
    '-y',
    ...args,
  ]);
}
