/**
 * Finds the control plane's binaries, and fetches or builds them where there are none: KUBEBUILDER_ASSETS, else the cache folder, else the official
 * archive, else a build from the Go module proxy.
 *
 * node test/controlplane/binaries.ts      prints where they are
 */
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../run/cache-folder.mjs';
import { unpackArchive } from './archives.ts';
import { runCommand } from './command.ts';
import { buildWithGo, deleteGoCaches, findGo } from './go-build.ts';
import { withLock } from './lock.ts';
import { type Say, sayOnStderr, withProgress } from './progress.ts';
import {
  type BinaryName,
  type Bundle,
  helm,
  kubeNode,
  kubernetes,
  kustomize,
  type LinterName,
  linters,
  oldestKubernetes,
  type PartnerName,
  type ProgramName,
  partners,
  prometheus,
  type StatusReaderName,
  statusReaders,
} from './versions.ts';

const bundles = [kubernetes, helm];
const versionWords: Record<ProgramName, string[]> = {
  'kube-apiserver': ['--version'],
  kubectl: ['version', '--client'],
  etcd: ['--version'],
  helm: ['version'],
  'kube-node': ['kubelet', '--version'],
  kustomize: ['version'],
  prometheus: ['--version'],
  promtool: ['--version'],
  'kube-score': ['version'],
  kubeconform: ['-v'],
  actionlint: ['--version'],
  kstatus: ['--version'],
  'argo-health': ['--version'],
  'flux-kustomize': ['--help'],
  'flux-helm': ['--help'],
  'cert-manager': ['--version'],
  'argo-cd': ['--version'],
};

export type Binaries = Readonly<Record<BinaryName, string>>;
/** No archive holds them. */
const builtOnly: readonly Bundle[] = [kubeNode, kustomize, linters, statusReaders, ...partners];
export type Linters = Readonly<Record<LinterName | StatusReaderName, string>>;
export type Partners = Readonly<Record<PartnerName, string>>;
export type Monitoring = Readonly<Record<'prometheus' | 'promtool', string>>;

/** Neither found nor fetched, and the tool that could build it isn't installed: what a test skips for. */
export class BinariesMissing extends Error {
  override readonly name = 'BinariesMissing';
}

/** Paths of all four binaries where nothing needs to be fetched; undefined otherwise. */
export function findBinaries(): Binaries | undefined {
  return find(bundles) as Binaries | undefined;
}

/** Paths of Prometheus and promtool where nothing needs to be fetched; undefined otherwise. */
export function findMonitoring(): Monitoring | undefined {
  return find([prometheus]) as Monitoring | undefined;
}

function find(wanted: readonly Bundle[]): Partial<Record<ProgramName, string>> | undefined {
  const paths: Partial<Record<ProgramName, string>> = {};
  for (const bundle of wanted) {
    for (const name of bundle.binaries) {
      const path = locate(name, bundle);
      if (path === undefined) return undefined;
      paths[name] = path;
    }
  }
  return paths;
}

/**
 * Paths of all four binaries, fetched or built first where need be, by one process at a time. An aborted `signal` ends waiting and fetching with its
 * reason; a build ends with the processes that signals end.
 * @throws BinariesMissing if building is the only way left and there is no Go
 * @throws Error if a build fails
 */
export async function ensureBinaries(say: Say = sayOnStderr, signal?: AbortSignal): Promise<Binaries> {
  return (await ensure(bundles, say, signal)) as Binaries;
}

/** Paths of Prometheus and promtool, as `ensureBinaries` has those of the control plane. */
export async function ensureMonitoring(say: Say = sayOnStderr, signal?: AbortSignal): Promise<Monitoring> {
  return (await ensure([prometheus], say, signal)) as Monitoring;
}

/** Paths of the linters and of what reads a status as others do, where nothing needs to be built; undefined otherwise. */
export function findLinters(): Linters | undefined {
  return find([linters, statusReaders]) as Linters | undefined;
}

/** The same, built where need be, as `ensureBinaries` does. */
export async function ensureLinters(say: Say = sayOnStderr): Promise<Linters> {
  return (await ensure([linters, statusReaders], say)) as Linters;
}

/** Paths of the programs that test/partners runs beside the product, where none needs to be built; undefined otherwise. */
export function findPartners(): Partners | undefined {
  return find(partners) as Partners | undefined;
}

/** The same, built where need be, as `ensureBinaries` does. */
export async function ensurePartners(say: Say = sayOnStderr): Promise<Partners> {
  return (await ensure(partners, say)) as Partners;
}

/** Path of what a node runs besides, where it needs not be built; undefined otherwise. */
export function findNodeProgram(): string | undefined {
  return find([kubeNode])?.['kube-node'];
}

/** Path of what a node runs besides (versions.ts), built where need be; the control plane with it, since they share most of that work. */
export async function ensureNodeProgram(say: Say = sayOnStderr): Promise<string> {
  const found = find([kubeNode]) ?? (await ensure([...bundles, kubeNode], say));
  return found['kube-node'] as string;
}

/** Path of kustomize where it needs not be built; undefined otherwise. */
export function findKustomize(): string | undefined {
  return find([kustomize])?.kustomize;
}

/** Path of kustomize, built where need be. Throws as `ensureBinaries` does. */
export async function ensureKustomize(say: Say = sayOnStderr): Promise<string> {
  return (await ensure([kustomize], say)).kustomize as string;
}

/** Path of kube-apiserver in the lowest version that the chart names; not in KUBEBUILDER_ASSETS, where another one lies. */
export async function ensureOldestApiServer(say: Say = sayOnStderr): Promise<string> {
  delete process.env.KUBEBUILDER_ASSETS;
  const found = await ensure([oldestKubernetes], say);
  return found['kube-apiserver'] as string;
}

async function ensure(wanted: readonly Bundle[], say: Say, signal?: AbortSignal) {
  const found = find(wanted);
  if (found) return found;
  const sayWho = once((owner: string) => say(`waiting for another process (${owner}) that prepares the control plane`));
  const onWait = (owner: string): void => {
    signal?.throwIfAborted();
    sayWho(owner);
  };
  return withLock(join(cacheFolder(), 'preparing'), () => acquireAll(wanted, say, signal), onWait);
}

async function acquireAll(wanted: readonly Bundle[], say: Say, signal?: AbortSignal) {
  for (const bundle of wanted) {
    if (bundle.binaries.some((name) => !locate(name, bundle))) await acquire(bundle, say, signal);
  }
  await deleteGoCaches();
  const found = find(wanted);
  if (!found) throw new Error(`the binaries were installed in ${cacheFolder()} and are gone again`);
  return found;
}

async function acquire(bundle: Bundle, say: Say, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await deleteUnfinished(bundle);
  const staging = await mkdtemp(`${bundle.folder}.`);
  try {
    await fetchOrBuild(bundle, staging, say, signal);
    for (const name of bundle.binaries) {
      await chmod(join(staging, name), 0o755);
      await runCommand(join(staging, name), versionWords[name]);
    }
    // Left over from an installation that somebody took a file from.
    await rm(bundle.folder, { recursive: true, force: true });
    await rename(staging, bundle.folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What a killed process left. Whoever is here holds the lock, so nobody else is at work on it. */
async function deleteUnfinished(bundle: Bundle): Promise<void> {
  const parent = dirname(bundle.folder);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${basename(bundle.folder)}.`)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function fetchOrBuild(bundle: Bundle, into: string, say: Say, signal?: AbortSignal): Promise<void> {
  if (!builtOnly.includes(bundle)) {
    try {
      await withProgress(say, `fetching ${bundle.title}`, (state) => unpackArchive(bundle, into, state, signal));
      return;
    } catch (error) {
      signal?.throwIfAborted();
      say(`no official archive: ${reasonOf(error)}`);
    }
  }
  const go = await findGo();
  if (!go) throw new BinariesMissing(`${bundle.title}: ${howToGetThem}`);
  await withProgress(say, `building ${bundle.title} with ${go}, once`, (state) => buildWithGo(bundle, into, state));
}

const howToGetThem =
  "neither in KUBEBUILDER_ASSETS nor in the cache, the official archive can't be reached, and `go` is not on the PATH. " +
  'Install Go 1.26 or newer (https://go.dev/dl) to have them built, or set KUBEBUILDER_ASSETS to a folder that holds them.';

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

function locate(name: ProgramName, bundle: Bundle): string | undefined {
  const folders = [process.env.KUBEBUILDER_ASSETS, bundle.folder].filter((folder) => folder !== undefined);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function once<T>(act: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (!done) act(value);
    done = true;
  };
}

if (import.meta.main) {
  for (const [name, path] of Object.entries(await ensureBinaries())) console.log(`${name}\t${path}`);
}
