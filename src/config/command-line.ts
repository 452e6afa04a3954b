/**
 * The command line of `operator` and `self-test`, and the environment, read once into one frozen configuration.
 */
import { delimiter } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { environment } from './environment.ts';
import { parseFlags, printFlags } from './flags.ts';
import { contradictions, type Environment, inCluster, type OperatorValues, operatorFlags } from './operator-flags.ts';
import { type SelfTestValues, selfTestFlags } from './self-test-flags.ts';

export type Config = Readonly<ReturnType<typeof toConfig>>;

export type SelfTestConfig = Readonly<ReturnType<typeof toSelfTestConfig>>;

export type CommandLine =
  | { readonly kind: 'operator'; readonly config: Config }
  | { readonly kind: 'selfTest'; readonly config: SelfTestConfig }
  /** A text to print, with nothing else to do. */
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'mistake'; readonly text: string };

function toKubeConfigSource(kubeconfig: string) {
  return kubeconfig === inCluster
    ? ({ kind: 'inCluster' } as const)
    : ({ kind: 'files', paths: kubeconfig.split(delimiter).filter((path) => path !== '') } as const);
}

function toConfig(values: OperatorValues) {
  return Object.freeze({
    kubeConfig: toKubeConfigSource(values.kubeconfig),
    namespace: values.namespace,
    podName: values['pod-name'],
    serviceName: values['service-name'],
    mutatingWebhookConfiguration: values['mutating-webhook-configuration'],
    validatingWebhookConfiguration: values['validating-webhook-configuration'],
    caSecret: values['ca-secret'],
    leaseName: values['lease-name'],
    staleSeconds: values['stale-seconds'],
    leaseSeconds: values['lease-seconds'],
    bindAddress: values['bind-address'],
    webhookPort: values['webhook-port'],
    probePort: values['probe-port'],
    metricsPort: values['metrics-port'],
    files: Object.freeze({
      core: values['core-files'],
      hive: values['hive-files'],
      other: values['other-files'],
      spark: values['spark-files'],
      byContent: values['files-by-content'],
    }),
    secrets: values.secrets,
    concurrency: values.concurrency,
    resyncSeconds: values['resync-seconds'],
    certificateMode: values.certificates,
    certificateFolder: values['certificate-folder'],
    caSeconds: values['ca-lifetime'],
    leafSeconds: values['leaf-lifetime'],
    drainSeconds: values['drain-seconds'],
    docsUrl: values['docs-url'],
    logLevel: values['log-level'],
  });
}

function toSelfTestConfig(values: SelfTestValues) {
  return Object.freeze({
    kubeConfig: toKubeConfigSource(values.kubeconfig),
    namespace: values.namespace,
    assignment: values.assignment,
    coreFiles: values['core-files'],
    timeoutSeconds: values['timeout-seconds'],
  });
}

const usage = `sse-kms: encrypts what Hadoop's S3A client writes with the AWS KMS key of its Kubernetes namespace

  sse-kms operator [flags]   runs the operator: webhook, reconciler, certificates
  sse-kms self-test [flags]  writes a ConfigMap and reads back whether it has the key: what 'helm test' runs
  sse-kms COMMAND --help     says more about a command
  sse-kms --version
`;

const heads = {
  operator: 'sse-kms operator: runs the operator until SIGTERM or SIGINT',
  'self-test': 'sse-kms self-test: writes a ConfigMap, reads back whether it has the key, and deletes it',
};

function toHelp(command: string): string {
  if (command === 'operator') return `${heads[command]}\n\n${printFlags(operatorFlags({}))}`;
  if (command === 'self-test') return `${heads[command]}\n\n${printFlags(selfTestFlags({}))}`;
  return usage;
}

/** For the shells' completion. */
export function optionsOf(command: 'operator' | 'self-test') {
  const flags = command === 'operator' ? operatorFlags({}) : selfTestFlags({});
  return Object.fromEntries(
    Object.entries(flags).map(([name, { placeholder, about }]) => [name, { value: placeholder, about }]),
  );
}

function toMistake(command: string, mistakes: readonly string[]): CommandLine {
  const lines = mistakes.map((mistake) => `sse-kms ${command}: ${mistake}\n`).join('');
  return { kind: 'mistake', text: `${lines}See 'sse-kms ${command} --help'.\n` };
}

function parseSelfTest(args: readonly string[], env: Environment): CommandLine {
  const parsed = parseFlags(args, selfTestFlags(env));
  if (parsed.kind === 'mistakes') return toMistake('self-test', parsed.mistakes);
  return { kind: 'selfTest', config: toSelfTestConfig(parsed.values) };
}

/** Parses the arguments after the program's name. Never throws: it returns all mistakes at once. */
export function parseCommandLine(args: readonly string[], env: Environment = environment): CommandLine {
  const [command = '', ...rest] = args;
  const wantsHelp = [command, ...rest].some((arg) => arg === '--help' || arg === '-h');
  if (wantsHelp) return { kind: 'print', text: toHelp(command) };
  if (command === '--version') return { kind: 'print', text: `${packageJson.version}\n` };
  if (command === 'self-test') return parseSelfTest(rest, env);
  if (command !== 'operator') {
    const mistake = command === '' ? 'a command is missing' : `'${command}' is no command`;
    return { kind: 'mistake', text: `sse-kms: ${mistake}\n\n${usage}` };
  }
  const parsed = parseFlags(rest, operatorFlags(env));
  const mistakes = parsed.kind === 'values' ? contradictions(parsed.values) : parsed.mistakes;
  if (parsed.kind === 'values' && mistakes.length === 0) return { kind: 'operator', config: toConfig(parsed.values) };
  return toMistake('operator', mistakes);
}
