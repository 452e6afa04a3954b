#!/usr/bin/env node
/**
 * The entry point. No other file handles signals or ends the process.
 */
import type { Logger } from 'pino';
import type { CommandEntry, WordCommand } from './cli/command.ts';
import { commands } from './cli/commands.ts';
import type { Config, SelfTestConfig } from './config/command-line.ts';
import type { Service } from './run/service.ts';
import { startCommandLine } from './start.ts';

/** Beyond the drain period; with it well within the 30 s that Kubernetes leaves a pod. */
const closingSeconds = 12;

/** Log lines are written together, a tenth of a second late at most. Writing each by itself would be a large part of an answer's cost. */
const logging = { fd: 1, sync: true, minLength: 4096, periodicFlush: 100 };
/** Writes buffered log lines. Does nothing until there is a log. */
let flushLog = (): void => {};

/** What the container runs. */
const ownCommands: readonly CommandEntry[] = [
  toEntry('operator', 'runs the operator: webhook, reconciler, certificates'),
  toEntry('self-test', "writes a ConfigMap and reads back whether it has the key: what 'helm test' runs"),
];

process.exitCode = await startCommandLine([...commands, ...ownCommands], (code) => process.exit(code));

/** Commands that parse their own flags, which the chart sets. */
function toEntry(name: 'operator' | 'self-test', summary: string): CommandEntry {
  const load = async () => {
    const { optionsOf, parseCommandLine } = await import('./config/command-line.ts');
    const runWords: WordCommand['runWords'] = async (words, io) => {
      const commandLine = parseCommandLine(name, words);
      if (commandLine.kind === 'operator') return runOperator(commandLine.config);
      if (commandLine.kind === 'selfTest') return runSelfTest(commandLine.config);
      if (commandLine.kind === 'print') io.out(commandLine.text);
      else io.err(commandLine.text);
      return commandLine.kind === 'print' ? 0 : 2;
    };
    return { name, summary, options: optionsOf(name), runWords };
  };
  return { name, summary, load };
}

/** Ends the process itself. */
async function runOperator(config: Config): Promise<never> {
  const { pino } = await import('pino');
  const destination = pino.destination(logging);
  flushLog = () => destination.flushSync();
  const log = pino(
    {
      level: config.logLevel,
      base: { pod: config.podName },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  // Unhandled rejections arrive here too.
  process.on('uncaughtException', (err, origin) => exit(log, 1, 'fatal', { err, origin }, 'a bug ends the process'));
  const signal = waitForSignal(log);
  let service: Service;
  try {
    // Loaded only here, so that the other commands start faster.
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

async function runSelfTest({ kubeConfig, ...config }: SelfTestConfig): Promise<number> {
  const { startSelfTest } = await import('./run/self-test.ts');
  try {
    await startSelfTest(kubeConfig, { ...config, say: (sentence) => console.log(sentence) });
    return 0;
  } catch (error) {
    console.error(`sse-kms self-test: ${(error as Error).message}`);
    return 1;
  }
}

/** The first signal stops the process gracefully; a second one ends it at once. */
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
  flushLog();
  process.exit(code);
}
