/**
 * Runs a program that starts programs of its own, as `go build` does, so that all of them end together: with this process, or with the one that
 * started it, however that ends. It must be started as the leader of a process group, with a pipe as its standard input.
 *
 * node guard.ts PROGRAM ARGUMENT...
 */
import { spawn } from 'node:child_process';

const [program = '', ...args] = process.argv.slice(2);

function endGroup(): void {
  process.kill(-process.pid, 'SIGKILL');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endGroup);
process.stdin.resume().once('end', endGroup).once('error', endGroup);

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code) => process.exit(code ?? 1));
