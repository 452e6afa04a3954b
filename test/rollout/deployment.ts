/**
 * The chart's Deployment, played with processes: replicas with ports of their own behind one balancer, which stands where
 * the API server looks for the Service.
 */
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { argumentsOfDeployment, freePorts, installChart, operatorNamespace, release } from '../product/install.ts';
import { type OperatorProcess, spawnOperator } from '../product/operator-process.ts';
import { type Balancer, type Endpoint, startBalancer } from './balancer.ts';

export interface Replica extends Endpoint {
  readonly process: OperatorProcess;
}

export interface Deployment {
  readonly balancer: Balancer;
  /** The replicas' own. */
  readonly kubeconfig: string;
  /** Those that were started and neither stopped nor ended. */
  replicas(): Replica[];
  /** Starts one more, without waiting for it. */
  start(options?: StartOptions): Promise<Replica>;
  /** Resolves when /readyz says so. @throws Error with the end of its log where it ends, or isn't ready in time */
  untilReady(replica: Replica, seconds?: number): Promise<void>;
  /** Sends the signal; resolves with the exit code when the process has ended. */
  end(replica: Replica, signal: NodeJS.Signals): Promise<number | null>;
  /** Replaces every replica as a rolling update with maxSurge 1 and maxUnavailable 0 does; resolves when the new ones are ready. */
  roll(): Promise<void>;
  /** Resolves when those that were told to end have ended, with their exit codes. */
  ended(): Promise<(number | null)[]>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** In place of the chart's own, or beside them. */
  readonly flags?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** In place of the deployment's. */
  readonly drainSeconds?: number;
  /** In place of its own: another way to the API server. */
  readonly kubeconfig?: string;
}

export interface DeploymentOptions {
  readonly propagation: () => number;
  /** As `operator --drain-seconds`. */
  readonly drainSeconds: number;
  readonly values?: readonly string[];
  /** Flags beside the chart's own. */
  readonly flags?: readonly string[];
}

/** Installs the chart and starts the balancer; no replica runs yet. */
export async function installDeployment(cluster: ControlPlane, options: DeploymentOptions): Promise<Deployment> {
  await installChart(cluster, options.values);
  const kubeconfig = await cluster.asServiceAccount(operatorNamespace, release);
  const args = await argumentsOfDeployment(cluster);
  const servicePort = Number(args.find((arg) => arg.startsWith('--webhook-port='))?.split('=')[1]);
  const balancer = await startBalancer({ port: servicePort, propagation: options.propagation });
  const flags = options.flags ?? [];
  const replaced = [...flags.map((flag) => flag.split('=')[0]), '--webhook-port', '--probe-port'];
  const others = args.filter((arg) => !replaced.includes(arg.split('=')[0]));
  const replicas = new Set<Replica>();
  const ending: Promise<number | null>[] = [];
  let starts = 0;

  async function start({
    flags = [],
    nodeFlags = [],
    kubeconfig: other,
    drainSeconds,
  }: StartOptions = {}): Promise<Replica> {
    const name = `operator-${++starts}`;
    const [webhookPort, probePort] = (await freePorts(2)) as [number, number];
    const ports = [`--webhook-port=${webhookPort}`, `--probe-port=${probePort}`];
    const process = spawnOperator({
      args: [...others, ...(options.flags ?? [])].filter((arg) => !isSet(arg, flags)).concat(ports, flags),
      nodeFlags,
      kubeconfig: other ?? kubeconfig,
      namespace: operatorNamespace,
      podName: name,
      probePort,
      logFile: join(cluster.folder, `${name}.log`),
      drainSeconds: drainSeconds ?? options.drainSeconds,
    });
    const replica = { name, webhookPort, probePort, process };
    replicas.add(replica);
    balancer.add(replica);
    return replica;
  }

  function end(replica: Replica, signal: NodeJS.Signals): Promise<number | null> {
    replicas.delete(replica);
    const ended = replica.process.end(signal).finally(() => balancer.remove(replica));
    ending.push(ended);
    return ended;
  }

  async function untilReady({ name, process, probePort }: Replica, seconds = 60): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while ((await readiness(probePort)) !== 'ok\n') {
      if (process.alive() && Date.now() < deadline) continue;
      throw new Error(`${name} is not ready: ${await readiness(probePort)}\n${process.log().slice(-4000)}`);
    }
  }

  return {
    balancer,
    kubeconfig,
    replicas: () => [...replicas].filter(({ process }) => process.alive()),
    start,
    untilReady,
    end,
    async roll() {
      for (const old of [...replicas]) {
        const replica = await start();
        await untilReady(replica);
        void end(old, 'SIGTERM');
      }
    },
    ended: () => Promise.all(ending),
    async stop() {
      await Promise.all([...replicas].map((replica) => end(replica, 'SIGKILL')));
      await Promise.all(ending);
      await balancer.stop();
    },
  };
}

/** Whether one of `flags`, each as `--name=value`, is for the same name. */
function isSet(arg: string, flags: readonly string[]): boolean {
  return flags.some((flag) => flag.split('=')[0] === arg.split('=')[0]);
}

/** What /readyz says; asked ten times a second at most. */
async function readiness(probePort: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  try {
    return await (await fetch(`http://localhost:${probePort}/readyz`, { signal: AbortSignal.timeout(5000) })).text();
  } catch {
    return 'no answer';
  }
}
