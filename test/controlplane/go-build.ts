/**
 * Builds the binaries from the Go module proxy, for machines that reach it but not the official archives. Everything Go keeps stays in one folder
 * of the cache, so that an interrupted build continues where it was, and goes when the binaries are there.
 */
import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../run/cache-folder.mjs';
import { runCommand } from './command.ts';
import {
  type Bundle,
  helmVersion,
  kubernetesVersion,
  kustomizeVersion,
  oldestKubernetes,
  oldestKubernetesVersion,
  type ProgramName,
  prometheusVersion,
} from './versions.ts';

interface Recipe {
  /** Folder beside this file that holds go.mod and go.sum. */
  readonly module: string;
  readonly package: string;
  readonly variables: readonly string[];
  readonly tags?: string;
  /** The module's folder of CustomResourceDefinitions, which are put beside the binary as `NAME.yaml`. */
  readonly definitions?: { readonly module: string; readonly folder: string };
}

const kubernetesVariables = toKubernetesVariables(kubernetesVersion);

/** Without the clients of two dozen clouds, in which it would look for what to scrape. */
const prometheus = {
  module: 'prometheus',
  variables: [`github.com/prometheus/common/version.Version=${prometheusVersion}`],
  tags: 'remove_all_sd',
};

const recipes: Record<ProgramName, Recipe> = {
  'kube-apiserver': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    variables: kubernetesVariables,
  },
  kubectl: { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl', variables: kubernetesVariables },
  'kube-node': { module: 'kubernetes', package: './node', variables: kubernetesVariables },
  etcd: { module: 'etcd', package: '.', variables: [] },
  helm: {
    module: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    variables: [`helm.sh/helm/v4/internal/version.version=v${helmVersion}`],
  },
  kustomize: {
    module: 'kustomize',
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    variables: [`sigs.k8s.io/kustomize/api/provenance.version=v${kustomizeVersion}`],
  },
  prometheus: { ...prometheus, package: 'github.com/prometheus/prometheus/cmd/prometheus' },
  promtool: { ...prometheus, package: 'github.com/prometheus/prometheus/cmd/promtool' },
  'kube-score': { module: 'linters', package: 'github.com/zegl/kube-score/cmd/kube-score', variables: [] },
  kubeconform: { module: 'linters', package: 'github.com/yannh/kubeconform/cmd/kubeconform', variables: [] },
  actionlint: { module: 'linters', package: 'github.com/rhysd/actionlint/cmd/actionlint', variables: [] },
  kstatus: { module: 'status-readers', package: './kstatus', variables: [] },
  'argo-health': { module: 'status-readers', package: './argo-health', variables: [] },
  'flux-kustomize': {
    module: 'flux-kustomize',
    package: 'github.com/fluxcd/kustomize-controller',
    variables: [],
    definitions: { module: 'github.com/fluxcd/kustomize-controller', folder: 'config/crd/bases' },
  },
  'flux-helm': {
    module: 'flux-helm',
    package: 'github.com/fluxcd/helm-controller',
    variables: [],
    definitions: { module: 'github.com/fluxcd/helm-controller', folder: 'config/crd/bases' },
  },
  'cert-manager': {
    module: 'cert-manager',
    package: '.',
    variables: [],
    definitions: { module: 'github.com/cert-manager/cert-manager', folder: 'deploy/crds' },
  },
  'argo-cd': {
    module: 'argo-cd',
    package: '.',
    variables: [],
    definitions: { module: 'github.com/argoproj/argo-cd/v3', folder: 'manifests/crds' },
  },
};

const oldestApiServer: Recipe = {
  module: 'kubernetes-oldest',
  package: 'k8s.io/kubernetes/cmd/kube-apiserver',
  variables: toKubernetesVariables(oldestKubernetesVersion),
};

function toKubernetesVariables(version: string): string[] {
  const [major, minor] = version.split('.');
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  return Object.entries(variables).map(([name, value]) => `k8s.io/component-base/version.${name}=${value}`);
}

const goFolder = join(cacheFolder(), 'go');
/** Bytes that Go's caches take while Kubernetes is built, with some room. */
const neededSpace = 5e9;

/** The `go` on the PATH, as it describes itself; undefined where there is none. */
export async function findGo(): Promise<string | undefined> {
  try {
    return (await runCommand('go', ['version'], { env: goEnvironment() })).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Builds the bundle's binaries into the folder `into`. Only one process may do so at a time: they share Go's caches. */
export async function buildWithGo(bundle: Bundle, into: string, state: (now: string) => void): Promise<void> {
  await mkdir(join(goFolder, 'tmp'), { recursive: true });
  const { bavail, bsize } = await statfs(goFolder);
  if (bavail * bsize < neededSpace) {
    const free = `${(bavail * bsize) / 1e9} GB are free`;
    throw new Error(`building ${bundle.title} needs ${neededSpace / 1e9} GB in ${goFolder} for a while; ${free}`);
  }
  for (const binary of bundle.binaries) {
    const recipe = bundle === oldestKubernetes ? oldestApiServer : recipes[binary];
    await build(binary, recipe, join(into, binary), state);
  }
}

/** Deletes what building left behind (gigabytes). */
export async function deleteGoCaches(): Promise<void> {
  await rm(goFolder, { recursive: true, force: true });
}

async function build(binary: ProgramName, recipe: Recipe, output: string, state: (now: string) => void): Promise<void> {
  const cwd = join(import.meta.dirname, 'go', recipe.module);
  let downloads = 0;
  let compiled = 0;
  const go = (args: string[], onLine: (line: string) => void) =>
    runCommand('go', args, { cwd, env: goEnvironment(), timeout: 3_600_000, guarded: true, onLine });
  const tags = recipe.tags === undefined ? [] : ['-tags', recipe.tags];
  const list = await go(['list', '-deps', ...tags, recipe.package], (line) => {
    if (line.startsWith('go: downloading')) state(`${binary}: ${++downloads} modules downloaded`);
  });
  const packages = list.stdout.trim().split('\n').length;
  const flags = ['-s', '-w', ...recipe.variables.map((variable) => `-X ${variable}`)].join(' ');
  state(`${binary}: compiling ${packages} packages`);
  await go(['build', '-v', '-o', output, ...tags, '-ldflags', flags, recipe.package], (line) => {
    if (!line.startsWith('go: ')) state(`${binary}: ${++compiled} of at most ${packages} packages compiled`);
  });
  if (recipe.definitions === undefined) return;
  const { module, folder } = recipe.definitions;
  const root = (await go(['list', '-m', '-f', '{{.Dir}}', module], () => {})).stdout.trim();
  await writeFile(`${output}.yaml`, await joinDefinitions(join(root, folder)));
}

/** Every CustomResourceDefinition of the folder, as one YAML file. */
async function joinDefinitions(folder: string): Promise<string> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('\n---\n');
}

function goEnvironment(): NodeJS.ProcessEnv {
  const { GOOS, GOARCH, GOBIN, ...inherited } = process.env;
  return {
    ...inherited,
    ...(process.platform === 'linux' && goConfiguration()),
    GOPATH: join(goFolder, 'path'),
    GOMODCACHE: join(goFolder, 'modules'),
    GOCACHE: join(goFolder, 'build'),
    GOTMPDIR: join(goFolder, 'tmp'),
    GOFLAGS: '-modcacherw -mod=readonly -buildvcs=false -trimpath',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
}

/** Go counts its commands in its configuration folder, so that is moved; what the user has set with `go env -w` stays in force. */
function goConfiguration(): NodeJS.ProcessEnv {
  const { GOENV, XDG_CONFIG_HOME, HOME } = process.env;
  return {
    GOENV: GOENV || join(XDG_CONFIG_HOME || join(HOME || userInfo().homedir, '.config'), 'go', 'env'),
    XDG_CONFIG_HOME: join(goFolder, 'config'),
  };
}
