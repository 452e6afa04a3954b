/**
 * The images that run in the tests, each built once from what is named here and kept in the cache as an OCI archive: the project's own, from its own
 * Dockerfile, and what the Dockerfile's two base images are where no registry can be reached.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import { withLock } from '../controlplane/lock.ts';
import { type Say, sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { cacheFolder } from '../run/cache-folder.mjs';
import { type Build, buildImage } from './buildah.ts';
import { findPackages, unpackPackages } from './debian.ts';

const repository = join(import.meta.dirname, '..', '..');
const folder = join(cacheFolder(), 'images');

export interface Image {
  /** As a pod names it. */
  readonly name: string;
  readonly archive: string;
}

/** How one image comes to be. */
export interface Recipe {
  readonly title: string;
  /** All that decides what is in it, in words. */
  readonly ingredients: readonly string[];
  /** Prepares the build in a folder of its own. */
  prepare(scratch: string): Promise<Omit<Build, 'name'>>;
}

/** The image, built where the cache has none of these ingredients; older ones of its title go. */
export async function ensureImage(recipe: Recipe, say: Say = sayOnStderr): Promise<Image> {
  const digest = createHash('sha256').update(recipe.ingredients.join('\n')).digest('hex').slice(0, 12);
  const name = `localhost/${recipe.title}:${digest}`;
  const archive = join(folder, `${recipe.title}-${digest}.tar`);
  await mkdir(folder, { recursive: true });
  await withLock(
    join(folder, 'building'),
    async () => {
      if (existsSync(archive)) return;
      const scratch = await mkdtemp(join(folder, 'building-'));
      try {
        await withProgress(say, `building the image ${recipe.title}`, async () => {
          await buildImage({ ...(await recipe.prepare(scratch)), name }, join(scratch, 'image.tar'), scratch);
        });
        for (const file of await readdir(folder)) if (isOlder(file, recipe.title)) await rm(join(folder, file));
        await rename(join(scratch, 'image.tar'), archive);
      } finally {
        await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    },
    () => {},
  );
  return { name, archive };
}

function isOlder(file: string, title: string): boolean {
  return file.startsWith(`${title}-`) && /^[0-9a-f]{12}\.tar$/.test(file.slice(title.length + 1));
}

/** An image of Debian packages, changed by `add`, with these lines behind its first two. */
export async function debianRecipe(
  title: string,
  packages: readonly string[],
  lines: readonly string[],
  add: { readonly ingredients: readonly string[]; change(root: string, scratch: string): Promise<void> },
): Promise<Recipe> {
  const asked = await mkdtemp(join(await made(folder), 'asking-'));
  const versions = await findPackages(packages, asked).finally(() => rm(asked, { recursive: true }));
  return {
    title,
    ingredients: [...versions, ...lines, ...add.ingredients],
    prepare: async (scratch) => {
      const root = join(scratch, 'root');
      await unpackPackages(packages, root, scratch);
      await mkdir(join(root, 'tmp'), { recursive: true });
      await chmod(join(root, 'tmp'), 0o1777);
      await add.change(root, scratch);
      await writeFile(join(scratch, 'Dockerfile'), ['FROM scratch', 'COPY root /', ...lines, ''].join('\n'));
      return { context: scratch };
    },
  };
}

async function made(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

const libraries = ['libc6', 'libgcc-s1', 'libstdc++6'];
const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';

/** A bare Node, as the Dockerfile's RUNTIME_IMAGE has to be: the pinned one, no shell, no npm. */
export function nodeRuntime(): Promise<Recipe> {
  return debianRecipe('node-runtime', libraries, [path], {
    ingredients: [process.version],
    change: (root) => addNode(root),
  });
}

/** The same with npm and the shell that install scripts need, as NODE_IMAGE has to be. */
export async function nodeBuild(): Promise<Recipe> {
  const npm = await findNpm();
  const { version } = JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8'));
  return debianRecipe('node-build', [...libraries, 'dash'], [path, 'ENV HOME=/root'], {
    ingredients: [process.version, `npm ${version}`],
    change: async (root) => {
      await addNode(root);
      await cp(npm, join(root, 'usr/local/lib/npm'), { recursive: true });
      const start = '#!/bin/sh\nexec node /usr/local/lib/npm/bin/npm-cli.js "$@"\n';
      await writeFile(join(root, 'usr/local/bin/npm'), start, { mode: 0o755 });
    },
  });
}

/** The folder of the npm that runs this, or else of the one on the PATH. */
async function findNpm(): Promise<string> {
  const started = process.env.npm_execpath;
  const program = started?.endsWith('.js') ? started : (await runCommand('sh', ['-c', 'command -v npm'])).stdout.trim();
  return dirname(dirname(realpathSync(program)));
}

async function addNode(root: string): Promise<void> {
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await cp(process.execPath, join(root, 'usr/local/bin/node'), { dereference: true });
}

/** The project's own, from its Dockerfile. */
export async function operatorImage(say: Say = sayOnStderr): Promise<Image> {
  const runtime = await ensureImage(await nodeRuntime(), say);
  const build = await ensureImage(await nodeBuild(), say);
  const files = ['Dockerfile', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', '.config/**', 'src/**'];
  return ensureImage(
    {
      title: 'sse-kms-operator',
      ingredients: [runtime.name, build.name, ...globSync(files, { cwd: repository }).sort().map(describeFile)],
      prepare: async (scratch) => ({
        context: repository,
        buildArgs: { NODE_IMAGE: `oci-archive:${build.archive}`, RUNTIME_IMAGE: `oci-archive:${runtime.archive}` },
        mounts: await npmMounts(scratch),
      }),
    },
    say,
  );
}

function describeFile(file: string): string {
  const full = join(repository, file);
  if (!statSync(full).isFile()) return file;
  return `${file} ${createHash('sha256').update(readFileSync(full)).digest('hex')}`;
}

/** What lets npm reach the registry that it reaches on this machine: settings, certificates, and what it has fetched before. */
async function npmMounts(scratch: string): Promise<Record<string, string>> {
  const mounts: Record<string, string> = { '/root/.npm': await made(join(cacheFolder(), 'npm')) };
  const settings = process.env.NPM_CONFIG_USERCONFIG ?? join(homedir(), '.npmrc');
  if (existsSync(settings)) mounts['/root/.npmrc'] = settings;
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (authorities) {
    mounts['/run/authorities.pem'] = realpathSync(authorities);
    mounts['/usr/local/etc/npmrc'] = join(scratch, 'npmrc');
    await writeFile(join(scratch, 'npmrc'), 'cafile=/run/authorities.pem\n');
  }
  return mounts;
}

if (import.meta.main) console.log(await operatorImage());
