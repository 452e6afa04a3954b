/**
 * Builds one image with buildah, and leaves it as an OCI archive: no daemon, no registry, no store that outlives the build.
 */
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';

export interface Build {
  /** What the image is called once it is imported: `localhost/NAME:TAG`. */
  readonly name: string;
  readonly context: string;
  /** Default: the context's own. */
  readonly dockerfile?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Files and folders of this machine, there while the image is built: path there → path here. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** Writes the image to `archive`. `scratch` is a folder for what the build leaves behind. @throws CommandFailed */
export async function buildImage(build: Build, archive: string, scratch: string): Promise<void> {
  await mkdir(scratch, { recursive: true });
  const store = await mkdtemp(join(scratch, 'store-'));
  const global = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', 'overlay'];
  const pairs = Object.entries(build.buildArgs ?? {}).map(([name, value]) => `--build-arg=${name}=${value}`);
  const mounts = Object.entries(build.mounts ?? {}).map(([there, here]) => `--volume=${here}:${there}`);
  const file = build.dockerfile ?? join(build.context, 'Dockerfile');
  const words = ['--isolation', 'chroot', '--pull=never', '--quiet', '--tag', build.name, '--file', file];
  try {
    await buildah(store, [...global, 'build', ...words, ...pairs, ...mounts, build.context]);
    await buildah(store, [...global, 'push', '--quiet', build.name, `oci-archive:${archive}:${build.name}`]);
  } finally {
    await rmdir('/var/lib/containers').catch(() => {}); // not empty: it was there before
    await rm(store, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Wherever its store is, buildah writes to /var/lib/containers, which is a file system of its own here and goes with it, and to /etc/cni. */
async function buildah(store: string, args: readonly string[]) {
  const settings = join(store, 'containers.conf');
  await writeFile(settings, `[network]\nnetwork_config_dir = "${join(store, 'networks')}"\n`);
  const script = 'mkdir -p /var/lib/containers && mount -t tmpfs tmpfs /var/lib/containers && exec buildah "$@"';
  return runCommand('unshare', ['--mount', 'sh', '-c', script, 'buildah', ...args], {
    env: { ...process.env, TMPDIR: store, CONTAINERS_CONF: settings },
    timeout: 900_000,
  });
}
