/**
 * `sse-kms render`: manifests in, the same manifests out with what the webhook would write into them.
 */
import type { Io } from '../command.ts';
import { assess, type Finding, toUnreadable } from '../compliance.ts';
import { defineCommand } from '../define.ts';
import { UsageError } from '../errors.ts';
import { type Inputs, inputOptions, loadInputs } from '../inputs/load.ts';
import type { Source } from '../inputs/sources.ts';
import { toExitCode } from '../report/level.ts';
import { toSummary, toText } from '../report/text.ts';
import { painter, startProgress } from '../terminal.ts';
import { toStream, writeFolder } from './output.ts';
import { type Rendered, toRendered } from './rendered.ts';

export const command = defineCommand({
  name: 'render',
  summary: "prints manifests with their namespace's key set, as the operator would store them",
  synopsis: ['render -a PATH… [-f PATH…] [-o yaml|json] [PATH…]', 'render -a PATH… -f PATH… --output-dir DIR [PATH…]'],
  description: `Sets in every ConfigMap (with --secrets also in Secrets) what the operator's webhook would set. Everything
else is passed through: other objects, their order, comments, and the layout of the YAML.

Where a file would be refused, all refusals are told with file, line and column, and nothing is written.
Files of an assignment with enforcement: Audit are left as they are, as in the cluster.

It is a post-renderer for Helm, and a KRM function for kustomize: a ResourceList on the standard input
comes back as one; its functionConfig may be a KmsKeyAssignment, or a ConfigMap that holds manifests.`,
  options: {
    ...inputOptions,
    output: { short: 'o', value: 'FORMAT', about: 'what is printed', choices: ['yaml', 'json'], fallback: 'yaml' },
    'output-dir': {
      value: 'DIR',
      about: 'writes each file below this folder, under its path, instead of printing',
      completes: 'folder',
    },
  },
  operands: { name: '[PATH…]', about: 'as -f', least: 0, most: Number.POSITIVE_INFINITY, completes: 'file' },
  exitCodes: {
    0: 'everything is rendered',
    1: 'something is refused, and nothing is written',
    2: 'something can not be read or told, or the command line has a mistake; nothing is written',
  },
  examples: [
    {
      about: 'A folder of manifests into another one',
      line: 'sse-kms render -a assignments/ -f manifests/ --output-dir rendered',
    },
    {
      about: 'From one tool to the next',
      line: 'kustomize build . | sse-kms render -a assignments/ | kubectl apply -f -',
    },
    {
      about: 'One file, as it would be in a ConfigMap',
      line: 'sse-kms render -a assignments/ -n finance core-site.xml',
    },
  ],
  async run({ options, operands }, io) {
    const inputs = await loadInputs(options, operands, io);
    const { findings, rendered } = renderAll(inputs, io);
    const exitCode = toExitCode(findings, 'refusal');
    const paint = painter(io, 'err');
    io.err(findings.map((finding) => toText(finding, 'refusal', paint)).join(''));
    if (exitCode !== 0) {
      io.err(`${toSummary(findings).trimEnd()}; nothing is written\n`);
      return exitCode;
    }
    const folder = options['output-dir'];
    if (folder === undefined) io.out(toStream(rendered, options.output));
    else if (options.output === 'json') throw new UsageError('--output-dir keeps the form of each file: leave -o out');
    else await writeFolder(rendered, folder, io);
    return 0;
  },
});

function renderAll({ sources, cluster, faults, each }: Inputs, io: Io) {
  const progress = startProgress(io, 'rendering', sources.length);
  const findings: Finding[] = faults.map(toUnreadable);
  const texts = new Map<Source, string>();
  for (const input of each()) {
    progress.at(texts.size);
    const assessed = input.objects.map((object) => assess(object, cluster)).filter((one) => one !== undefined);
    findings.push(...input.faults.map(toUnreadable), ...assessed.flatMap((one) => one.findings));
    for (const source of input.sources) {
      const one = toRendered(source, input.manifest, assessed);
      if (one.ok) texts.set(source, one.text);
      else findings.push(...one.faults.map(toUnreadable));
    }
  }
  progress.end();
  return { findings, rendered: sources.map((source): Rendered => ({ source, text: texts.get(source) ?? '' })) };
}
