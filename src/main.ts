#!/usr/bin/env node
/**
 * The entry point: the only place that knows of signals, and that ends the process.
 */
import { type Logger, pino } from 'pino';
import { type Config, parseCommandLine, type SelfTestConfig } from './config/command-line.ts';
import type { Service } from './run/service.ts';

/** Beyond the drain period; with it well within the 30 s that Kubernetes leaves a pod. */
const closingSeconds = 12;

const commandLine = parseCommandLine(process.argv.slice(2));
switch (commandLine.kind) {
  case 'operator':
    await runOperator(commandLine.config);
    break;
  case 'selfTest':
    await runSelfTest(commandLine.config);
    break;
  case 'print':
    process.stdout.write(commandLine.text);
    break;
  case 'mistake':
    process.stderr.write(commandLine.text);
    process.exitCode = 2;
}

async function runOperator(config: Config): Promise<void> {
  const log = pino({
    level: config.logLevel,
    base: { pod: config.podName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
  // Rejections that nobody handles arrive here, too.
  process.on('uncaughtException', (err, origin) => exit(log, 1, 'fatal', { err, origin }, 'a bug ends the process'));
  const signal = waitForSignal(log);
  let service: Service;
  try {
    // Loaded only now: the other commands start in a fraction of the time.
    const { startService } = await import('./run/service.ts');
    service = await startService(config, log);
  } catch (err) {
    return exit(log, 1, 'fatal', { err }, 'could not start');
  }
  log.info({ signal: await signal, drainSeconds: config.drainSeconds }, 'shutting down');
  const seconds = config.drainSeconds + closingSeconds;
  setTimeout(() => exit(log, 1, 'error', { seconds }, 'could not stop in time'), seconds * 1000).unref();
  await service.stop();
  exit(log, 0, 'info', {}, 'stopped');
}

async function runSelfTest({ kubeConfig, ...config }: SelfTestConfig): Promise<void> {
  const { startSelfTest } = await import('./run/self-test.ts');
  try {
    await startSelfTest(kubeConfig, { ...config, say: (sentence) => console.log(sentence) });
  } catch (error) {
    console.error(`sse-kms self-test: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

/** The first signal asks to stop; a second one doesn't wait. */
function waitForSignal(log: Logger): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) exit(log, 1, 'warn', { signal }, 'asked twice to stop: exiting at once');
    asked = true;
    resolve(signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return promise;
}

function exit(
  log: Logger,
  code: number,
  level: 'info' | 'warn' | 'error' | 'fatal',
  fields: object,
  message: string,
): never {
  log[level](fields, message);
  process.exit(code);
}
