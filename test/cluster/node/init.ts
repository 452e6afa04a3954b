/**
 * The first process of the node, in namespaces of its own (keeper.ts): lays out its file system and network, and runs its programs. When it ends, which it
 * does when its standard input closes, all of them do. A line `restart PROGRAM` on standard input has that program end and start again.
 *
 * node init.ts PLAN.json
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NodePlan, nodeAddress, nodeName, paths, serviceRange } from './layout.ts';

const plan: NodePlan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const at = paths(plan.folder);
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });

function layOutFiles(): void {
  for (const folder of [at.logs, at.lib, at.log, at.sysctls]) mkdirSync(folder, { recursive: true });
  run('mount', '-t', 'tmpfs', 'tmpfs', '/run');
  run('mount', '--bind', at.lib, '/var/lib');
  run('mount', '--bind', at.log, '/var/log');
  // kubelet sets these for the whole machine: it may set a copy.
  const sysctls = ['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'];
  for (const name of [...sysctls, 'kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes']) {
    const copy = join(at.sysctls, name.replaceAll('/', '.'));
    writeFileSync(copy, readFileSync(`/proc/sys/${name}`));
    chmodSync(copy, 0o644);
    run('mount', '--bind', copy, `/proc/sys/${name}`);
  }
}

function layOutNetwork(): void {
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'link', 'add', 'node0', 'type', 'bridge');
  run('ip', 'address', 'add', `${nodeAddress}/24`, 'dev', 'node0');
  run('ip', 'link', 'set', 'node0', 'up');
  // No packet goes this way: the way is looked up before kube-proxy's rules give it another destination.
  run('ip', 'route', 'add', serviceRange, 'dev', 'node0');
  run('hostname', nodeName);
}

const apiServer = [
  `--advertise-address=${nodeAddress}`,
  '--allow-privileged=true',
  '--authorization-mode=Node,RBAC',
  `--client-ca-file=${at.caCertificate}`,
  '--enable-admission-plugins=NodeRestriction',
  '--etcd-servers=http://127.0.0.1:2379',
  '--kubelet-preferred-address-types=InternalIP',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${at.serviceAccountKey}`,
  `--service-account-signing-key-file=${at.serviceAccountKey}`,
  `--service-cluster-ip-range=${serviceRange}`,
  `--tls-cert-file=${at.serverCertificate}`,
  `--tls-private-key-file=${at.serverKey}`,
  `--token-auth-file=${at.tokens}`,
];

const programs: Readonly<Record<string, readonly [string, ...string[]]>> = {
  etcd: [plan.programs.etcd, '--data-dir=/var/lib/etcd', '--unsafe-no-fsync', '--log-level=warn'],
  containerd: ['containerd', '--config', at.containerd],
  'kube-apiserver': [plan.programs.apiServer, ...apiServer],
  'kube-controller-manager': [
    plan.programs.node,
    'kube-controller-manager',
    `--kubeconfig=${at.kubeconfig('kube-controller-manager')}`,
    '--leader-elect=false',
    `--root-ca-file=${at.caCertificate}`,
    `--service-account-private-key-file=${at.serviceAccountKey}`,
    '--use-service-account-credentials=true',
  ],
  'kube-scheduler': [
    plan.programs.node,
    'kube-scheduler',
    `--kubeconfig=${at.kubeconfig('kube-scheduler')}`,
    '--leader-elect=false',
  ],
  kubelet: [
    plan.programs.node,
    'kubelet',
    `--config=${at.kubelet}`,
    `--kubeconfig=${at.kubeconfig('kubelet')}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${nodeAddress}`,
  ],
  'kube-proxy': [plan.programs.node, 'kube-proxy', `--config=${at.kubeProxy}`],
};

const running = new Map<string, ChildProcess>();

function start(name: string): void {
  const [command, ...args] = programs[name] ?? [];
  if (!command) throw new Error(`no program ${name}`);
  const log = openSync(join(at.logs, `${name}.log`), 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log], env: { PATH: process.env.PATH, HOME: '/run' } });
  running.set(name, child);
  child.once('error', (error) => console.error(`${name}: ${error.message}`));
  child.once('exit', (code, signal) => {
    // As a service manager would.
    console.error(`${name} has ended (${code ?? signal}), and starts again`);
    setTimeout(() => start(name), 200);
  });
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const listens = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (listens) return;
    await sleep(50);
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [, name = ''] = /^restart (.+)$/.exec(line) ?? [];
  running.get(name)?.kill('SIGKILL');
});
lines.once('close', () => process.exit());

layOutFiles();
layOutNetwork();
for (const name of ['etcd', 'containerd', 'kube-apiserver']) start(name);
await untilListening(6443);
for (const name of ['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy']) start(name);
console.log('started');
