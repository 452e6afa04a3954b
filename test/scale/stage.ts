/**
 * The cluster for a measurement: a real API server that keeps an audit log of the operator, filled, with the chart installed.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKubeConfig } from '../../src/cluster/client.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/control-plane.ts';
import { argumentsOfDeployment, installChart, operatorNamespace, release } from '../product/install.ts';
import { type AuditLog, auditPolicy, openAuditLog } from './audit.ts';
import type { Fixture } from './fixture.ts';
import { loadFixture } from './load.ts';
import { buildProgram, type Program, startProgram } from './program.ts';

export interface Stage {
  readonly cluster: ControlPlane;
  /** As an administrator. */
  readonly api: Transport;
  readonly audit: AuditLog;
  /** The operator's own. */
  readonly kubeconfig: string;
  /** Starts the operator, with flags that win over the chart's; one at a time. */
  start(flags: Readonly<Record<string, string | number>>): Promise<Program>;
  stop(): Promise<void>;
}

export async function setStage(
  fixture: Fixture,
  nodeFlags: readonly string[],
  say: (state: string) => void,
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'scale-'));
  let cluster: ControlPlane | undefined;
  let api: Transport | undefined;
  let audit: AuditLog | undefined;
  const stop = async () => {
    api?.close();
    await audit?.close();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const policy = join(folder, 'audit-policy.json');
    const auditPath = join(folder, 'audit.log');
    await writeFile(policy, auditPolicy(`system:serviceaccount:${operatorNamespace}:${release}`));
    say('building the bundle, starting the control plane');
    await buildProgram(join(folder, 'bundle'));
    cluster = await startControlPlane({
      apiServerFlags: { 'audit-policy-file': policy, 'audit-log-path': auditPath, 'audit-log-maxsize': '10000' },
      etcdFlags: { 'quota-backend-bytes': `${16 * 1024 ** 3}` },
    });
    api = buildTransport(loadKubeConfig({ kind: 'files', paths: [cluster.kubeconfigPath] }));
    await loadFixture(api, fixture, (created) => say(`${created} ConfigMaps created`));
    say('installing the chart');
    const { probePort } = await installChart(cluster);
    const args = await argumentsOfDeployment(cluster);
    const kubeconfig = await cluster.asServiceAccount(operatorNamespace, release);
    audit = await openAuditLog(auditPath);
    const logFile = join(cluster.folder, 'operator.log');
    return {
      cluster,
      api,
      audit,
      kubeconfig,
      start: (flags) =>
        startProgram({
          folder: join(folder, 'bundle'),
          args: override(args, flags),
          nodeFlags,
          kubeconfig,
          namespace: operatorNamespace,
          probePort,
          logFile,
        }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each flag stands there once. */
function override(args: readonly string[], flags: Readonly<Record<string, string | number>>): string[] {
  const own = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const names = Object.keys(flags).map((name) => `--${name}=`);
  return [...args.filter((arg) => !names.some((name) => arg.startsWith(name))), ...own];
}
