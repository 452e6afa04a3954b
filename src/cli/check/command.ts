/**
 * `sse-kms check`: whether files say what their namespace's assignment wants.
 */
import packageJson from '../../../package.json' with { type: 'json' };
import type { Io } from '../command.ts';
import { assess, type Finding, toUnreadable } from '../compliance.ts';
import { defineCommand } from '../define.ts';
import { type Inputs, inputOptions, loadInputs } from '../inputs/load.ts';
import { toGithub } from '../report/github.ts';
import { toJson } from '../report/json.ts';
import { type FailOn, failOnChoices, toExitCode } from '../report/level.ts';
import { toSarif } from '../report/sarif.ts';
import { toSummary, toText } from '../report/text.ts';
import { painter, startProgress } from '../terminal.ts';

const formats = ['text', 'json', 'sarif', 'github'] as const;

export const command = defineCommand({
  name: 'check',
  summary: "says whether files have their namespace's key, and what would be refused",
  synopsis: ['check -a PATH… [-f PATH…] [--format FORMAT] [PATH…]'],
  description: `Looks at every Hadoop file and every file of Spark's properties in ConfigMaps (with --secrets also in
Secrets), as the operator's webhook would. Nothing is changed, and no cluster is asked.

Manifests in Git usually lack the key, which the webhook sets when they are applied. To fail only where
a write would be denied, give --fail-on refusal.`,
  options: {
    ...inputOptions,
    format: { value: 'FORMAT', about: 'how findings are printed', choices: formats, fallback: 'text' },
    'fail-on': {
      value: 'WHAT',
      about: 'what makes the exit code 1: a file that would be refused, also one that would be changed, also a warning',
      choices: failOnChoices,
      fallback: 'change',
    },
  },
  operands: { name: '[PATH…]', about: 'as -f', least: 0, most: Number.POSITIVE_INFINITY, completes: 'file' },
  exitCodes: {
    0: 'every file is compliant, or in a namespace without an assignment',
    1: 'a file is not (see --fail-on)',
    2: 'it could not be told: a file can not be read, a namespace is unknown, or the command line has a mistake',
  },
  examples: [
    { about: 'Would anything be refused?', line: 'sse-kms check -a assignments/ -f manifests/ --fail-on refusal' },
    { about: 'A rendered chart', line: 'helm template my-release ./chart | sse-kms check -a assignments/ -n finance' },
    {
      about: 'One file, as it would be in a ConfigMap',
      line: 'sse-kms check -a assignments/ -n finance core-site.xml',
    },
  ],
  async run({ options, operands }, io) {
    const inputs = await loadInputs(options, operands, io);
    const failOn = options['fail-on'] as FailOn;
    const findings = findAll(inputs, io);
    const exitCode = toExitCode(findings, failOn);
    io.out(print(options.format, findings, failOn, exitCode, io));
    return exitCode;
  },
});

function findAll({ sources, cluster, faults, each }: Inputs, io: Io): Finding[] {
  const progress = startProgress(io, 'checking', sources.length);
  const findings = faults.map(toUnreadable);
  let done = 0;
  for (const input of each()) {
    progress.at(done);
    done += input.sources.length;
    findings.push(...input.faults.map(toUnreadable));
    findings.push(...input.objects.flatMap((object) => assess(object, cluster)?.findings ?? []));
  }
  progress.end();
  return findings;
}

function print(format: string, findings: readonly Finding[], failOn: FailOn, exitCode: number, io: Io): string {
  switch (format) {
    case 'json':
      return toJson(findings, exitCode);
    case 'sarif':
      return toSarif(findings, failOn, packageJson.version);
    case 'github':
      return `${toGithub(findings, failOn)}${toSummary(findings)}`;
    default: {
      const paint = painter(io);
      return `${findings.map((finding) => toText(finding, failOn, paint)).join('')}${toSummary(findings)}`;
    }
  }
}
