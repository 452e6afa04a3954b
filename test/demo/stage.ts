/**
 * What a step works with: real commands that are shown with what they said, and questions to the API server that are not.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { CommandFailed, Output } from '../controlplane/command.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { eventually } from '../product/eventually.ts';
import type { Show } from './show.ts';

export const root = join(import.meta.dirname, '..', '..');

export interface Stage extends Pick<Show, 'say' | 'diff' | 'promise'> {
  /** Shows the command and what it said, warnings included, which it returns. @throws CommandFailed */
  kubectl(...args: string[]): Promise<string>;
  helm(...args: string[]): Promise<string>;
  /** The same for a command that has to fail. @throws Error where it doesn't */
  refused(...args: string[]): Promise<string>;
  /** An object as the API server has it, managedFields included; undefined where there is none. */
  get(kind: string, name: string, namespace?: string): Promise<KubernetesObject | undefined>;
  /** The core-site.xml of a ConfigMap as it is stored; empty where there is none. */
  stored(namespace: string, name: string): Promise<string>;
  /** The core-site.xml of a ConfigMap as its manifest has it. */
  applied(manifest: string): string;
  /** Repeats a question until its answer is right, or half a minute has passed. */
  eventually<T>(question: () => Promise<T>, right: (answer: T) => boolean): Promise<T>;
}

// biome-ignore lint/suspicious/noExplicitAny: objects as the API server has them, which a step looks into
export type KubernetesObject = any;

/** A manifest of the demo, as a user who stands in the repository would name it. */
export function manifest(name: string): string {
  return `test/demo/manifests/${name}.yaml`;
}

export function createStage(show: Show, cluster: ControlPlane, signal: AbortSignal): Stage {
  const run = async (tool: 'kubectl' | 'helm', args: readonly string[]): Promise<string> => {
    signal.throwIfAborted();
    show.command([tool, ...args]);
    try {
      const said = toText(await cluster[tool](args, { cwd: root }));
      show.output(said);
      return said;
    } catch (error) {
      signal.throwIfAborted();
      show.output(toText(error as CommandFailed));
      throw error;
    }
  };
  const get = async (kind: string, name: string, namespace?: string): Promise<KubernetesObject | undefined> => {
    signal.throwIfAborted();
    const where = namespace === undefined ? [] : ['--namespace', namespace];
    const how = ['--ignore-not-found', '--show-managed-fields', '--output', 'json'];
    const { stdout } = await cluster.kubectl(['get', kind, name, ...where, ...how]);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  return {
    say: show.say,
    diff: show.diff,
    promise: show.promise,
    kubectl: (...args) => run('kubectl', args),
    helm: (...args) => run('helm', args),
    refused: (...args) =>
      run('kubectl', args).then(
        () => Promise.reject(new Error('this command should have failed')),
        (error: CommandFailed) => toText(error),
      ),
    get,
    stored: async (namespace, name) => (await get('configmap', name, namespace))?.data['core-site.xml'] ?? '',
    applied: (name) => {
      const documents = loadAll(readFileSync(join(root, manifest(name)), 'utf8')) as KubernetesObject[];
      return documents.find(({ kind }) => kind === 'ConfigMap').data['core-site.xml'];
    },
    eventually: (question, right) => eventually(question, right, signal),
  };
}

function toText({ stdout, stderr }: Output): string {
  return stderr + stdout;
}
