/**
 * Argo CD's application controller and repo server beside a control plane, with what its manifests would install for them,
 * and a Git repository for each application.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { freePorts } from '../product/install.ts';
import { namespace } from '../product/manifests.ts';
import { applyDefinitions, type Partner, startPartner } from './partner.ts';

export const home = 'argocd';

/** Started, not yet ready. It looks at each application every five seconds. */
export async function startArgoCd(cluster: ControlPlane): Promise<Partner[]> {
  const [redis, repo, repoMetrics, metrics] = (await freePorts(4)) as [number, number, number, number];
  await applyDefinitions(cluster, 'argo-cd');
  const items = [namespace(home), toSetting('ConfigMap', 'argocd-cm'), secret, project];
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  const own = join(cluster.folder, 'argo-cd');
  for (const folder of ['tls', 'ssh']) await mkdir(join(own, folder), { recursive: true });
  const env = {
    // The cluster of the kubeconfig stands for the one that Argo CD runs in, as in its own tests.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: join(own, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(own, 'ssh'),
    ARGOCD_ASK_PASS_SOCK: join(own, 'ask-pass.sock'),
  };
  const start = (...args: string[]) => startPartner(cluster, { program: 'argo-cd', args, env });
  return [
    await start('redis', `127.0.0.1:${redis}`),
    await start(
      'argocd-repo-server',
      '--address=127.0.0.1',
      `--port=${repo}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${repoMetrics}`,
      `--redis=127.0.0.1:${redis}`,
      '--disable-tls',
      // So that a commit is seen with the next look.
      '--revision-cache-expiration=1s',
    ),
    await start(
      'argocd-application-controller',
      `--namespace=${home}`,
      `--metrics-port=${metrics}`,
      `--redis=127.0.0.1:${redis}`,
      `--repo-server=127.0.0.1:${repo}`,
      '--repo-server-plaintext',
      '--app-resync=5',
      '--app-resync-jitter=0',
    ),
  ];
}

function toSetting(kind: string, name: string) {
  const labels = { 'app.kubernetes.io/part-of': 'argocd', 'app.kubernetes.io/name': name };
  return { apiVersion: 'v1', kind, metadata: { name, namespace: home, labels } };
}

/** What Argo CD's API server, which isn't here, would make. */
const secret = { ...toSetting('Secret', 'argocd-secret'), stringData: { 'server.secretkey': 'of no use here' } };

const project = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default', namespace: home },
  spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
};

export interface Repository {
  readonly url: string;
  commit(manifest: object): Promise<void>;
}

/** A Git repository on this machine, with one manifest. */
export async function makeRepository(folder: string): Promise<Repository> {
  const identity = ['-c', 'user.name=finance', '-c', 'user.email=finance@example.com'];
  const git = (...args: string[]) => runCommand('git', ['-C', folder, ...identity, ...args], { env: gitEnvironment });
  await mkdir(folder, { recursive: true });
  await git('init', '--initial-branch=main');
  return {
    url: `file://${folder}`,
    async commit(manifest) {
      await writeFile(join(folder, 'manifest.yaml'), JSON.stringify(manifest));
      await git('add', '.');
      await git('commit', '--message=Change the file');
    },
  };
}

/** Nothing of the user's own configuration. */
const gitEnvironment = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
