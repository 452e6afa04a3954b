/**
 * Whether this machine can run a node, and what it lacks where it can't.
 *
 * node test/cluster/node/can-run.ts      says so, and ends with 1 where it can't
 */

import { spawnSync } from 'node:child_process';
import { findNodeProgram } from '../../controlplane/binaries.ts';
import { onPath } from '../../run/on-path.ts';
import { findCniPlugins } from './cni-plugins.ts';

const programs: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  nft: 'nftables',
  ip: 'iproute2',
  nsenter: 'util-linux',
  buildah: 'buildah',
  'apt-get': 'apt, of Debian or Ubuntu',
  mvn: 'maven',
};

/** What is missing, in words; undefined where nothing is. */
export function whyNoNode(): string | undefined {
  if (process.platform !== 'linux') return 'it is not Linux';
  if (process.getuid?.() !== 0) return 'it takes root';
  const missing = Object.keys(programs).filter((program) => !onPath(program));
  const packages = new Set(missing.map((program) => programs[program]));
  if (spawnSync('python3', ['-m', 'pip', '--version']).status !== 0) packages.add('python3-pip');
  if (!findCniPlugins()) packages.add('containernetworking-plugins');
  if (!findNodeProgram() && !onPath('go')) packages.add('Go 1.26 or newer');
  if (packages.size > 0) return `it lacks ${[...packages].join(', ')}`;
  // Root in a container has the name, but not always the rights.
  const words = ['--mount', '--net', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'];
  const { status, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
  return status === 0 ? undefined : `root has not its rights here: ${stderr.trim()}`;
}

if (import.meta.main) {
  const reason = whyNoNode();
  console.log(reason ? `no node can run on this machine: ${reason}` : 'a node can run on this machine');
  process.exitCode = reason ? 1 : 0;
}
