/**
 * The command line of `operator` and `self-test`, and the environment, read once into one frozen configuration.
 */
import { delimiter } from 'node:path';
import { type Environment, environment } from './environment.ts';
import { parseFlags, printFlags } from './flags.ts';
import { contradictions, inCluster, type OperatorValues, operatorFlags } from './operator-flags.ts';
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
  const { kubeconfig, coreFiles, hiveFiles, otherFiles, sparkFiles, filesByContent, ...rest } = inCamelCase(values);
  return Object.freeze({
    ...rest,
    kubeConfig: toKubeConfigSource(kubeconfig),
    files: Object.freeze({
      core: coreFiles,
      hive: hiveFiles,
      other: otherFiles,
      spark: sparkFiles,
      byContent: filesByContent,
    }),
  });
}

function toSelfTestConfig(values: SelfTestValues) {
  const { kubeconfig, ...rest } = inCamelCase(values);
  return Object.freeze({ ...rest, kubeConfig: toKubeConfigSource(kubeconfig) });
}

type CamelCase<S> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;

/** A setting has one name: `resync-seconds` is `resyncSeconds` in the code, as in the chart's values. */
function inCamelCase<V extends object>(values: V) {
  const entries = Object.entries(values).map(([name, value]) => [
    name.replace(/-./g, (match) => match.slice(1).toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries) as { readonly [K in keyof V as CamelCase<K>]: V[K] };
}

const heads = {
  operator: 'sse-kms operator: runs the operator until SIGTERM or SIGINT',
  'self-test': 'sse-kms self-test: writes a ConfigMap, reads back whether it has the key, and deletes it',
};

const flagsOf = { operator: operatorFlags, 'self-test': selfTestFlags };

export type OwnCommand = keyof typeof flagsOf;

/** For the shells' completion. */
export function optionsOf(command: OwnCommand) {
  return Object.fromEntries(
    Object.entries(flagsOf[command]({})).map(([name, { placeholder, about }]) => [name, { value: placeholder, about }]),
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

/** Parses the arguments after the command's name. Never throws: it returns all mistakes at once. */
export function parseCommandLine(
  command: OwnCommand,
  args: readonly string[],
  env: Environment = environment,
): CommandLine {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    return { kind: 'print', text: `${heads[command]}\n\n${printFlags(flagsOf[command]({}))}` };
  }
  if (command === 'self-test') return parseSelfTest(args, env);
  const parsed = parseFlags(args, operatorFlags(env));
  const mistakes = parsed.kind === 'values' ? contradictions(parsed.values) : parsed.mistakes;
  if (parsed.kind === 'values' && mistakes.length === 0) return { kind: 'operator', config: toConfig(parsed.values) };
  return toMistake('operator', mistakes);
}
