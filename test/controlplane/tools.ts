/**
 * kubectl and helm, run so that they see nothing of the user's own clusters and leave nothing behind.
 */
import { join } from 'node:path';
import { type CommandOptions, type Output, runCommand } from './command.ts';

export type ToolOptions = Pick<CommandOptions, 'stdin' | 'cwd' | 'timeout'> & {
  /** Another kubeconfig than the administrator's, as from `asServiceAccount`. */
  readonly kubeconfig?: string;
};

/** kubectl and helm get nothing of the user's environment but the PATH (kubectl diff runs diff), and keep their files in the folder. */
export function runTool(
  command: string,
  args: readonly string[],
  folder: string,
  administrator: string,
  { kubeconfig = administrator, ...options }: ToolOptions = {},
): Promise<Output> {
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    TMPDIR: folder,
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(folder, 'helm', 'cache'),
    HELM_CONFIG_HOME: join(folder, 'helm', 'config'),
    HELM_DATA_HOME: join(folder, 'helm', 'data'),
  };
  return runCommand(command, args, { ...options, env });
}

/** A kubeconfig for the bearer of a token, as JSON, which is YAML. */
export function kubeconfig(cluster: Record<string, string>, token: string): string {
  const context = { cluster: 'test', user: 'test' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context }],
    'current-context': 'test',
  });
}
