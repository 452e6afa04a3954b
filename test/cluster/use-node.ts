/**
 * One node for one suite, with the project's image loaded, and what tests ask of it.
 */
import { afterAll, beforeAll } from 'vitest';
import type { Output } from '../controlplane/command.ts';
import { type Image, operatorImage } from '../image/images.ts';
import { chart, operatorNamespace, release } from '../product/install.ts';
import { type ClusterNode, startNode } from './node/start-node.ts';
import { patiently } from './patiently.ts';
import { busyboxImage } from './workload-images.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects as the API server has them, which a test looks into
type KubernetesObject = any;

export interface NodeSuite {
  node(): ClusterNode;
  /** The project's own. */
  image(): Image;
  /** Of a shell with a few commands. */
  busybox(): string;
  /** `helm install --wait` with the chart's defaults and these values; the namespace enforces Pod Security "restricted". */
  install(...values: string[]): Promise<void>;
  /** `helm VERB release …` with the values of the installation. */
  helm(verb: string, ...args: string[]): Promise<Output>;
  apply(...manifests: object[]): Promise<string>;
  get(kind: string, name: string, namespace?: string): Promise<KubernetesObject>;
  list(kind: string, namespace: string, ...args: string[]): Promise<KubernetesObject[]>;
  /** What a pod's container has printed. */
  logs(namespace: string, pod: string): Promise<string>;
  /** Output of a command in a pod. */
  exec(namespace: string, pod: string, ...command: string[]): Promise<string>;
  /** The operator's pods that are not about to end. */
  operatorPods(): Promise<KubernetesObject[]>;
}

/** What the chart is told besides its defaults: where the image is. */
const imageValues = (name: string): string[] => {
  const [repository, tag] = name.split(':');
  return ['--set', `image.repository=${repository}`, '--set', `image.tag=${tag}`];
};

export function useNode(): NodeSuite {
  let node: ClusterNode | undefined;
  let busybox = '';
  let image: Image | undefined;
  let installed: string[] = [];
  beforeAll(async () => {
    const own = await operatorImage();
    const shell = await busyboxImage();
    const started = Date.now();
    node = await startNode(shell);
    await node.load(own);
    tell(`the node was ready after ${since(started)} s, with the image loaded`);
    busybox = shell.name;
    image = own;
  });
  afterAll(() => node?.stop());

  const there = (): ClusterNode => {
    if (!node) throw new Error('the node is there for hooks and tests only');
    return node;
  };
  const helm = (verb: string, ...args: string[]) =>
    there().helm([verb, release, '--namespace', operatorNamespace, ...args], { timeout: 180_000 });
  const apply = async (...items: object[]) => {
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    return (await there().kubectl(['apply', '--filename', '-'], { stdin })).stdout;
  };
  const list = async (kind: string, namespace: string, ...args: string[]) =>
    JSON.parse((await there().kubectl(['get', kind, '--namespace', namespace, '--output', 'json', ...args])).stdout)
      .items;
  const imageOfProject = (): Image => {
    if (!image) throw new Error('the image is there for hooks and tests only');
    return image;
  };
  return {
    node: there,
    image: imageOfProject,
    busybox: () => busybox,
    install: async (...values) => {
      await apply({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: operatorNamespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      });
      installed = [...imageValues(imageOfProject().name), ...values.flatMap((value) => ['--set', value])];
      try {
        await helm('install', chart, '--wait', '--timeout', '120s', ...installed);
      } catch (error) {
        const { stdout } = await there().kubectl(['describe', 'pods', '--namespace', operatorNamespace]);
        throw new Error(`not installed; its pods:\n${stdout.slice(-6_000)}`, { cause: error });
      }
    },
    helm: (verb, ...args) => helm(verb, ...args, ...(verb === 'upgrade' ? installed : [])),
    apply,
    get: async (kind, name, namespace) => {
      const scope = namespace === undefined ? [] : ['--namespace', namespace];
      return JSON.parse((await there().kubectl(['get', kind, name, ...scope, '--output', 'json'])).stdout);
    },
    list,
    logs: async (namespace, pod) => (await there().kubectl(['logs', pod, '--namespace', namespace])).stdout,
    exec: async (namespace, pod, ...command) =>
      (await there().kubectl(['exec', pod, '--namespace', namespace, '--', ...command])).stdout,
    operatorPods: async () => {
      const pods: KubernetesObject[] = await list(
        'pods',
        operatorNamespace,
        '--selector',
        'app.kubernetes.io/name=sse-kms-operator',
      );
      return pods.filter((pod) => !pod.metadata.deletionTimestamp);
    },
  };
}

/** Returns what the pod has printed, once it has done its work. @throws Error with that, where it failed */
export async function outputOf(suite: NodeSuite, namespace: string, pod: string): Promise<string> {
  const phaseNow = async (): Promise<string> => (await suite.get('pod', pod, namespace)).status.phase;
  const phase = await patiently(phaseNow, (now) => now === 'Succeeded' || now === 'Failed');
  const output = await suite.logs(namespace, pod);
  if (phase === 'Failed') throw new Error(`${namespace}/${pod} failed: ${output}`);
  return output;
}

/** A figure for who reads the run. */
export function tell(line: string): void {
  process.stdout.write(`[cluster] ${line}\n`);
}

/** Seconds since a moment of `Date.now()`. */
export function since(moment: number): string {
  return ((Date.now() - moment) / 1000).toFixed(1);
}
