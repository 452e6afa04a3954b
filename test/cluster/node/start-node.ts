/**
 * A real Kubernetes node with its control plane, in namespaces of its own on this machine: containerd runs pods on it. It needs root on Linux, and takes
 * some ten seconds and 700 MB of memory.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBinaries, ensureNodeProgram } from '../../controlplane/binaries.ts';
import { type CommandOptions, type Output, runCommand } from '../../controlplane/command.ts';
import { runTool, type ToolOptions } from '../../controlplane/tools.ts';
import type { Image } from '../../image/images.ts';
import { cacheFolder } from '../../run/cache-folder.mjs';
import { patiently } from '../patiently.ts';
import { findCniPlugins } from './cni-plugins.ts';
import { type NodePlan, paths } from './layout.ts';
import { writeSettings } from './settings.ts';

export interface ClusterNode {
  readonly folder: string;
  /** Of the pods, below the root of each hierarchy. */
  readonly cgroup: string;
  readonly kubeconfigPath: string;
  /** Of its first process. */
  readonly pid: number;
  /** @throws CommandFailed */
  kubectl(args: readonly string[], options?: ToolOptions): Promise<Output>;
  /** @throws CommandFailed */
  helm(args: readonly string[], options?: ToolOptions): Promise<Output>;
  /** Runs a program of this machine in the node's network. @throws CommandFailed */
  run(command: string, args: readonly string[], options?: CommandOptions): Promise<Output>;
  /** Makes images known to containerd. */
  load(...images: readonly Image[]): Promise<void>;
  /** Has one of the node's programs killed; it starts again by itself. */
  restart(program: string): void;
  /** The end of a program's log. */
  logOf(program: string): Promise<string>;
  /** Returns when nothing is left of it. */
  stop(): Promise<void>;
}

/** Ready when it returns. @throws Error where it is not within three minutes */
export async function startNode(pause: Image): Promise<ClusterNode> {
  const binaries = await ensureBinaries();
  const parent = join(cacheFolder(), 'run');
  await mkdir(parent, { recursive: true });
  const plan: NodePlan = {
    folder: await mkdtemp(join(parent, 'node-')),
    cgroup: `sse-kms-operator-${randomBytes(4).toString('hex')}`,
    programs: { etcd: binaries.etcd, apiServer: binaries['kube-apiserver'], node: await ensureNodeProgram() },
    pauseImage: pause.name,
    cniPlugins: findCniPlugins() ?? '',
  };
  const at = paths(plan.folder);
  const file = join(plan.folder, 'plan.json');
  await writeFile(file, JSON.stringify(plan));
  await writeSettings(plan);
  await mkdir(at.logs);
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts'), file], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(keeper, 'exit');
  let pid = 0;
  for await (const line of createInterface({ input: keeper.stdout })) {
    if (line.startsWith('pid ')) pid = Number(line.slice(4));
    if (line === 'started') break;
  }
  const enter = (...namespaces: string[]) => ['--target', String(pid), ...namespaces, '--'];
  const kubeconfigPath = at.kubeconfig('admin');
  const tool = (command: string) => (args: readonly string[], options?: ToolOptions) =>
    runTool('nsenter', [...enter('--net'), command, ...args], plan.folder, kubeconfigPath, options);
  const node: ClusterNode = {
    folder: plan.folder,
    cgroup: plan.cgroup,
    kubeconfigPath,
    pid,
    kubectl: tool(binaries.kubectl),
    helm: tool(binaries.helm),
    run: (command, args, options) => runCommand('nsenter', [...enter('--net'), command, ...args], options),
    load: async (...images) => {
      for (const { archive } of images) {
        await runCommand('nsenter', [...enter('--mount'), 'ctr', '--namespace', 'k8s.io', 'images', 'import', archive]);
      }
    },
    restart: (program) => void keeper.stdin.write(`restart ${program}\n`),
    logOf: async (program) => (await readFile(join(at.logs, `${program}.log`), 'utf8')).slice(-2_000),
    stop: async () => {
      keeper.stdin.end();
      await ended;
    },
  };
  try {
    await node.load(pause);
    await untilReady(node);
    return node;
  } catch (error) {
    const logs: string[] = [];
    for (const file of await readdir(at.logs)) logs.push(`${file}:\n${await node.logOf(basename(file, '.log'))}`);
    await node.stop();
    throw new Error(`the node is not ready; the ends of its logs:\n${logs.join('\n')}`, { cause: error });
  }
}

async function untilReady(node: ClusterNode): Promise<void> {
  const path = "{.items[*].status.conditions[?(@.type=='Ready')].status}";
  const state = async () => {
    try {
      const { stdout } = await node.kubectl(['get', 'nodes', '--output', `jsonpath=${path}`]);
      // The controller manager has to be at work, too: no pod starts without this account.
      await node.kubectl(['get', 'serviceaccount', 'default']);
      return stdout;
    } catch (error) {
      return (error as Error).message;
    }
  };
  await patiently(state, (answer) => answer === 'True');
}
