/**
 * The whole product for one suite, and the few questions that its tests ask the cluster.
 */
import { afterAll, beforeAll } from 'vitest';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from './eventually.ts';
import { installProduct, type Product } from './install.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects as the API server has them, which a test looks into
export type KubernetesObject = any;

export interface ProductSuite {
  cluster(): ControlPlane;
  product(): Product;
  /** `kubectl apply` of manifests, client-side unless said otherwise; what kubectl printed, warnings included. */
  apply(manifests: object | readonly object[], ...args: string[]): Promise<string>;
  /** The same, where it must fail: what kubectl said. */
  applyRefused(manifests: object | readonly object[], ...args: string[]): Promise<string>;
  get(kind: string, name: string, namespace?: string): Promise<KubernetesObject>;
  list(kind: string, namespace: string): Promise<KubernetesObject[]>;
  /** Repeats a question until its answer is right. @throws the last reason why it wasn't, after the patience has run out. */
  eventually<T>(question: () => Promise<T>, right: (answer: T) => boolean): Promise<T>;
}

export function useProduct(...values: string[]): ProductSuite {
  const cluster = useControlPlane();
  let product: Product | undefined;
  beforeAll(async () => {
    product = await installProduct(cluster(), values);
  }, 120_000);
  afterAll(() => product?.stop());

  const applyWith = (manifests: object | readonly object[], args: readonly string[]) => {
    const items = Array.isArray(manifests) ? manifests : [manifests];
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    return cluster().kubectl(['apply', '--filename', '-', ...args], { stdin });
  };
  return {
    cluster,
    product: () => {
      if (product === undefined) throw new Error('the product is there for hooks and tests only');
      return product;
    },
    apply: async (manifests, ...args) => {
      const { stdout, stderr } = await applyWith(manifests, args);
      return stdout + stderr;
    },
    applyRefused: async (manifests, ...args) => {
      const refusal = await applyWith(manifests, args).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (refusal === undefined) throw new Error('kubectl apply should have been refused');
      return refusal;
    },
    get: async (kind, name, namespace) => {
      const scope = namespace === undefined ? [] : ['--namespace', namespace];
      return JSON.parse(
        (await cluster().kubectl(['get', kind, name, ...scope, '--output', 'json', '--show-managed-fields'])).stdout,
      );
    },
    list: async (kind, namespace) =>
      JSON.parse((await cluster().kubectl(['get', kind, '--namespace', namespace, '--output', 'json'])).stdout).items,
    eventually,
  };
}
