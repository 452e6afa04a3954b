/**
 * The process around the operator: how it starts, what it says, and how it ends. There is no API server here.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../cluster-client/cluster.ts';
import { type Command, freePorts, probe, startCommand } from './command.ts';

/** Seconds: a machine that does much else takes its time to start a process. */
const patience = 60;
vi.setConfig({ testTimeout: 90_000 });

let folder: string;
let kubeconfig: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sse-kms-'));
  // Nothing listens on port 1.
  kubeconfig = await writeKubeconfig('https://127.0.0.1:1');
});
afterAll(() => rm(folder, { recursive: true }));

async function writeKubeconfig(server: string): Promise<string> {
  const cluster = { name: 'test', cluster: { server } };
  const context = { name: 'test', context: { cluster: 'test', user: 'test' } };
  const user = { name: 'test', user: { token: 'very-secret' } };
  const config = { clusters: [cluster], users: [user], contexts: [context], 'current-context': 'test' };
  const path = join(folder, `kubeconfig-${new URL(server).port}`);
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  return path;
}

interface Started {
  readonly operator: Command;
  readonly probePort: number;
  readonly webhookPort: number;
}

const startOperator = (...flags: string[]): Promise<Started> => startOperatorFor(kubeconfig, ...flags);

async function startOperatorFor(kubeconfig: string, ...flags: string[]): Promise<Started> {
  const ports = await freePorts();
  const own = ['--webhook-port', `${ports.webhookPort}`, '--probe-port', `${ports.probePort}`];
  const args = ['operator', '--namespace', 'a', '--kubeconfig', kubeconfig, ...own, ...flags];
  return { operator: startCommand(args), ...ports };
}

describe('a command line', () => {
  it('with a mistake ends with 2, and says so on stderr alone', async () => {
    const command = startCommand(['operator', '--webhook-port', 'x']);
    expect(await command.ended).toBe(2);
    expect(command.stdout()).toBe('');
    expect(command.stderr()).toContain('--webhook-port');
  });

  it('that asks for help ends with 0, and is answered on stdout alone', async () => {
    const command = startCommand(['operator', '--help']);
    expect(await command.ended).toBe(0);
    expect(command.stdout()).toContain('--webhook-port');
    expect(command.stderr()).toBe('');
  });
});

describe('a start that cannot succeed ends with 1 and one line that says why', () => {
  it('where the kubeconfig is missing', async () => {
    const command = startCommand(['operator', '--namespace', 'a', '--kubeconfig', join(folder, 'missing')]);
    expect(await command.ended).toBe(1);
    expect(command.log()).toMatchObject([
      { level: 'fatal', err: { message: expect.stringContaining('--kubeconfig') } },
    ]);
  });

  it('where a port is taken', async () => {
    const taken = createServer().listen(0);
    const { port } = taken.address() as { port: number };
    const command = startCommand([
      'operator',
      '--namespace',
      'a',
      '--kubeconfig',
      kubeconfig,
      '--webhook-port',
      `${port}`,
    ]);
    expect(await command.ended).toBe(1);
    expect(command.log().at(-1)).toMatchObject({ level: 'fatal', err: { code: 'EADDRINUSE' } });
    taken.close();
  });
});

describe('without an API server', () => {
  it('the operator lives, is healthy, is not ready and says why; SIGTERM ends it with 0', async () => {
    const { operator, probePort } = await startOperator('--drain-seconds', '0');
    await eventually(async () => (await probe(probePort, '/healthz')).status === 200, patience);
    const { status, text } = await probe(probePort, '/readyz');
    expect(status).toBe(503);
    expect(text.trim().split('\n')).toHaveLength(2);
    operator.kill('SIGTERM');
    expect(await operator.ended).toBe(0);
    expect(operator.log().at(-1)).toMatchObject({ level: 'info', msg: 'stopped' });
    expect(operator.stdout()).not.toContain('very-secret');
  });

  it('SIGTERM ends it with 0 where the API server takes connections and says nothing', async () => {
    let connections = 0;
    const silent = createServer(() => {
      connections += 1;
    });
    onTestFinished(() => void silent.close());
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as { port: number };
    const hanging = await writeKubeconfig(`https://127.0.0.1:${port}`);
    const { operator } = await startOperatorFor(hanging, '--drain-seconds', '0');
    // Watches, certificates and election.
    await eventually(() => connections >= 5, patience);
    operator.kill('SIGTERM');
    expect(await operator.ended).toBe(0);
    expect(operator.log().filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('a second signal ends it at once, with 1', async () => {
    const { operator, probePort } = await startOperator('--drain-seconds', '600');
    await eventually(async () => (await probe(probePort, '/healthz')).status === 200, patience);
    operator.kill('SIGINT');
    await eventually(async () => (await probe(probePort, '/readyz')).text.startsWith('shutting down'));
    expect(operator.alive()).toBe(true);
    operator.kill('SIGINT');
    expect(await operator.ended).toBe(1);
  });

  it('a signal before it listens ends it as well', async () => {
    const { operator } = await startOperator('--drain-seconds', '0');
    await eventually(() => operator.stdout() !== '', patience);
    operator.kill('SIGTERM');
    expect(await operator.ended).toBe(0);
  });
});
