/**
 * The command line and the environment, read once into one frozen configuration. Nothing else reads `process.env`.
 */
import { delimiter } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { parseFlags, printFlags } from './flags.ts';
import { contradictions, type Environment, inCluster, type OperatorValues, operatorFlags } from './operator-flags.ts';

export type Config = Readonly<ReturnType<typeof toConfig>>;

export type CommandLine =
  | { readonly kind: 'operator'; readonly config: Config }
  /** Something to print, and no more to do. */
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'mistake'; readonly text: string };

function toConfig(values: OperatorValues) {
  const { kubeconfig } = values;
  return Object.freeze({
    kubeConfig:
      kubeconfig === inCluster
        ? ({ kind: 'inCluster' } as const)
        : ({ kind: 'files', paths: kubeconfig.split(delimiter).filter((path) => path !== '') } as const),
    namespace: values.namespace,
    podName: values['pod-name'],
    serviceName: values['service-name'],
    mutatingWebhookConfiguration: values['mutating-webhook-configuration'],
    validatingWebhookConfiguration: values['validating-webhook-configuration'],
    caSecret: values['ca-secret'],
    leaseName: values['lease-name'],
    leaseSeconds: values['lease-seconds'],
    bindAddress: values['bind-address'],
    webhookPort: values['webhook-port'],
    probePort: values['probe-port'],
    metricsPort: values['metrics-port'],
    files: Object.freeze({
      core: values['core-files'],
      other: values['other-files'],
      byContent: values['files-by-content'],
    }),
    secrets: values.secrets,
    concurrency: values.concurrency,
    fullPassSeconds: values['full-pass-interval'],
    certificateMode: values.certificates,
    certificateFolder: values['certificate-folder'],
    caSeconds: values['ca-lifetime'],
    leafSeconds: values['leaf-lifetime'],
    drainSeconds: values['drain-seconds'],
    logLevel: values['log-level'],
  });
}

const usage = `sse-kms: encrypts what Hadoop's S3A client writes with the AWS KMS key of its Kubernetes namespace

  sse-kms operator [flags]   runs the operator: webhook, reconciler, certificates
  sse-kms COMMAND --help     says more about a command
  sse-kms --version
`;

function operatorHelp(): string {
  return `sse-kms operator: runs the operator until SIGTERM or SIGINT\n\n${printFlags(operatorFlags({}))}`;
}

/** Reads what follows the program's name. Never throws: mistakes are answers, all of them at once. */
export function parseCommandLine(args: readonly string[], env: Environment = process.env): CommandLine {
  const [command = '', ...rest] = args;
  const wantsHelp = [command, ...rest].some((arg) => arg === '--help' || arg === '-h');
  if (wantsHelp) return { kind: 'print', text: command === 'operator' ? operatorHelp() : usage };
  if (command === '--version') return { kind: 'print', text: `${packageJson.version}\n` };
  if (command !== 'operator') {
    const mistake = command === '' ? 'a command is missing' : `'${command}' is no command`;
    return { kind: 'mistake', text: `sse-kms: ${mistake}\n\n${usage}` };
  }
  const parsed = parseFlags(rest, operatorFlags(env));
  const mistakes = parsed.kind === 'values' ? contradictions(parsed.values) : parsed.mistakes;
  if (parsed.kind === 'values' && mistakes.length === 0) return { kind: 'operator', config: toConfig(parsed.values) };
  const told = mistakes.map((mistake) => `sse-kms operator: ${mistake}\n`).join('');
  return { kind: 'mistake', text: `${told}See 'sse-kms operator --help'.\n` };
}
