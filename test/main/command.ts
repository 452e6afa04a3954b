/**
 * `sse-kms` as a process, from its real entry point.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export interface Command {
  stdout(): string;
  stderr(): string;
  /** The lines of the log. */
  log(): Record<string, unknown>[];
  alive(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, once it has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts it with these arguments, and an environment that holds nothing else. */
export function startCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    log: () =>
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    alive: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => child.kill(signal),
    ended: once(child, 'close').then(([code]) => {
      process.off('exit', onExit);
      return code;
    }),
  };
}

/** Ports that nothing listens on now. */
export async function freePorts(): Promise<{ webhookPort: number; probePort: number }> {
  const servers = [createServer().listen(0), createServer().listen(0)];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [webhookPort = 0, probePort = 0] = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { webhookPort, probePort };
}

/** The status of a probe, and what it says; status 0 where nobody answers. */
export async function probe(port: number, path: '/healthz' | '/readyz'): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(`http://localhost:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
}
