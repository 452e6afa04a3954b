/**
 * Replicas of the operator as processes, each with a network of its own to the API server, which shows what it writes; and
 * one address for the webhook, that leads to the replica that the test chooses.
 */
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { type Interposer, startInterposer } from '../cluster-client/interposer.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { argumentsOfDeployment, freePorts, installChart, operatorNamespace } from '../product/install.ts';
import { type OperatorProcess, startOperator } from '../product/operator-process.ts';

export interface Write {
  /** Milliseconds of the test's monotonic clock at which it arrived. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
}

export interface Replica {
  readonly name: string;
  readonly process: OperatorProcess;
  readonly network: Interposer;
  readonly webhookPort: number;
  readonly probePort: number;
  /** What only a leader writes: readmissions, statuses, Events. */
  readonly writes: Write[];
  /** Its requests for the Lease. */
  readonly leaseRequests: Write[];
}

export interface Replicas {
  /** With these flags in place of the chart's; returns when it is ready. */
  start(...flags: string[]): Promise<Replica>;
  /** From now on the API server's calls reach this replica, or nobody; connections to another are cut. */
  serveBy(replica: Replica | undefined): void;
  all(): Replica[];
  stop(): Promise<void>;
}

const leaderOnly = /\/configmaps\/|\/kmskeyassignments\/[^/]+\/status|\/events/;

/** Installs the chart; no replica runs yet. */
export async function installReplicas(cluster: ControlPlane, values: readonly string[]): Promise<Replicas> {
  await installChart(cluster, values);
  const args = await argumentsOfDeployment(cluster);
  const own = /^--(webhook|probe|metrics)-port=/;
  const others = args.filter((arg) => !own.test(arg));
  const servicePort = Number(args.find((arg) => arg.startsWith('--webhook-port='))?.split('=')[1]);
  const forwarder = await startForwarder(servicePort);
  const real = new KubeConfig();
  real.loadFromFile(cluster.kubeconfigPath);
  const replicas: Replica[] = [];
  let starts = 0;

  return {
    async start(...flags) {
      starts += 1;
      const name = `operator-${starts}`;
      const network = await startInterposer(real);
      const writes: Write[] = [];
      const leaseRequests: Write[] = [];
      network.observe = ({ method, url }) => {
        const write = { at: performance.now(), method, path: url.pathname };
        if (url.pathname.includes('/leases')) leaseRequests.push(write);
        else if (method !== 'GET' && leaderOnly.test(url.pathname)) writes.push(write);
      };
      const kubeconfig = join(cluster.folder, `${name}.kubeconfig`);
      await writeFile(kubeconfig, network.kubeConfig.exportConfig());
      const [webhookPort, probePort, metricsPort] = (await freePorts(3)) as [number, number, number];
      const ports = [`--webhook-port=${webhookPort}`, `--probe-port=${probePort}`, `--metrics-port=${metricsPort}`];
      const process = await startOperator({
        args: [...others.filter((arg) => !flags.some((flag) => nameOf(flag) === nameOf(arg))), ...ports, ...flags],
        kubeconfig,
        namespace: operatorNamespace,
        podName: name,
        probePort,
        logFile: join(cluster.folder, `${name}.log`),
      });
      const replica = { name, process, network, webhookPort, probePort, writes, leaseRequests };
      replicas.push(replica);
      return replica;
    },
    serveBy: (replica) => forwarder.forwardTo(replica?.webhookPort),
    all: () => replicas.filter(({ process }) => process.alive()),
    async stop() {
      await Promise.all(replicas.map(({ process }) => process.end('SIGKILL')));
      await Promise.all(replicas.map(({ network }) => network.stop()));
      await forwarder.stop();
    },
  };
}

const nameOf = (flag: string) => flag.split('=')[0];

async function startForwarder(port: number) {
  const sockets = new Set<net.Socket>();
  let target: number | undefined;
  const server = net.createServer((client) => {
    const replica = net.connect({ host: 'localhost', port: target ?? 1 });
    for (const socket of [client, replica]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    }
    client.pipe(replica).pipe(client);
    client.on('close', () => replica.destroy());
    replica.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '::', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    forwardTo(wanted: number | undefined) {
      target = wanted;
      cut();
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
