/**
 * One of a partner's programs as a process, with its log in the control plane's folder.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePartners } from '../controlplane/binaries.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { PartnerName } from '../controlplane/versions.ts';
import { eventually } from '../product/eventually.ts';

export interface Partner {
  /** @throws Error with the end of its log where it has ended by itself */
  stop(): Promise<void>;
}

export interface PartnerOptions {
  readonly program: PartnerName;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the program as the cluster's administrator, which these partners are by default; doesn't wait until it is ready. */
export async function startPartner(cluster: ControlPlane, options: PartnerOptions): Promise<Partner> {
  const { program, args, env } = options;
  const path = (await ensurePartners())[program];
  const logFile = join(cluster.folder, `${program}-${args[0]?.replace(/\W/g, '')}.log`);
  const output = openSync(logFile, 'a');
  const child = spawn(path, args, {
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH,
      HOME: cluster.folder,
      TMPDIR: cluster.folder,
      KUBECONFIG: cluster.kubeconfigPath,
      ...env,
    },
  });
  closeSync(output);
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('exit', () => process.off('exit', onExit));
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(
          `${program} ${args[0]} has ended; the end of its log:\n${readFileSync(logFile, 'utf8').slice(-4000)}`,
        );
      }
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** The partner's own CustomResourceDefinitions; returns when the API server serves them. */
export async function applyDefinitions(cluster: ControlPlane, program: PartnerName): Promise<void> {
  const file = `${(await ensurePartners())[program]}.yaml`;
  await cluster.kubectl(['apply', '--server-side', '-f', file]);
  await untilEstablished(cluster);
}

/** Returns when the API server serves every definition; kubectl alone gives up where one has no conditions yet. */
export async function untilEstablished(cluster: ControlPlane): Promise<void> {
  const wait = () => cluster.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await eventually(
    () =>
      wait().then(
        () => 'established',
        (error: Error) => error.message,
      ),
    (answer) => answer === 'established',
  );
}

/** Seconds that each partner is watched for: as an environment variable says, else two minutes. */
export function watchSeconds(): number {
  const text = process.env.PARTNERS_SECONDS ?? '120';
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new Error(`PARTNERS_SECONDS is ${JSON.stringify(text)}: give whole seconds, 600 for instance`);
}
