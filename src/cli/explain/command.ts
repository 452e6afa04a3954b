/**
 * `explain`: what S3A will encrypt with, and why; from files, or for an object in a cluster.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Io, OptionValues } from '../command.ts';
import { defineCommand } from '../define.ts';
import { UsageError } from '../errors.ts';
import { fileOptions, liveOptions } from '../shared-options.ts';
import { painter } from '../terminal.ts';
import { type ExplainAnswer, toAnswer } from './answer.ts';
import {
  explain,
  findHazards,
  findRelease,
  isUnknownVersion,
  newestVersion,
  type Release,
  readConfiguration,
  testedVersions,
} from './core.ts';
import { buildFindIncluded, readFiles } from './files.ts';
import { toText } from './text.ts';

const options = {
  file: {
    short: 'f',
    value: 'FILE',
    repeatable: true,
    about: "a file of Hadoop's or Spark's, in the order in which the client loads them; '-' is the standard input",
    completes: 'file',
  },
  bucket: {
    short: 'b',
    value: 'BUCKET',
    repeatable: true,
    about: 'the bucket; left out: one without settings of its own',
  },
  hadoop: {
    value: 'VERSION',
    about: 'the release of Hadoop, 2.10 or later',
    fallback: newestVersion,
    completes: testedVersions,
  },
  output: { short: 'o', value: 'FORMAT', about: 'how to print it', choices: ['text', 'json'], fallback: 'text' },
  secret: { about: 'NAMESPACE/NAME is a Secret, not a ConfigMap' },
  ...liveOptions,
  ...fileOptions,
} as const;

type Values = OptionValues<typeof options>;

export const command = defineCommand({
  name: 'explain',
  summary: 'says what S3A encrypts with, which property decided it, and why',
  synopsis: [
    'explain -f FILE… [-b BUCKET] [--hadoop VERSION] [-o FORMAT]',
    'explain NAMESPACE/NAME [--context NAME] [-o FORMAT]',
  ],
  description: `With -f: the encryption algorithm and key that S3A of a release of Hadoop uses for a bucket when it loads these files,
the property and line that decide, every other property about it and why it has no effect, what the files can't tell, and
settings by which other encryption may come in. No assignment and no cluster is needed.

Spark's properties are told by their ending (.conf, .properties); they win over Hadoop's files wherever they stand.

With NAMESPACE/NAME: which assignment a namespace has and why, and for each file of that ConfigMap whether it complies, and
what to do if it doesn't. It only reads: namespaces, assignments, the object, and the webhook's configuration.`,
  options,
  operands: { name: 'NAMESPACE/NAME', about: 'a ConfigMap in the cluster', least: 0, most: 1 },
  exitCodes: {
    0: 'the answer is told; of an object in a cluster: it complies',
    1: 'a file can not be read by Hadoop or by this program; of an object in a cluster: it does not comply',
    2: 'the command line has a mistake, or something could not be read',
  },
  examples: [
    {
      about: 'Why does this job not write with our key?',
      line: 'sse-kms explain -f core-site.xml -f spark-defaults.conf --bucket ledger --hadoop 3.3.4',
    },
    { about: 'Which assignment holds for this ConfigMap?', line: 'sse-kms explain finance/hadoop-conf' },
  ],
  async run({ options: values, operands: [object] }, io) {
    if ((object === undefined) === (values.file.length === 0)) {
      throw new UsageError('name either files with -f, or one NAMESPACE/NAME');
    }
    const wrong = values.bucket.find((name) => !/^[\w.-]+$/.test(name));
    if (wrong !== undefined) {
      throw new UsageError(`--bucket ${wrong} is no bucket's name: no s3a:// before it, no path after it`);
    }
    if (object === undefined) return explainFiles(values, io);
    if (/\.(?:xml|conf|properties)$/i.test(object) && existsSync(resolve(io.cwd, object))) {
      throw new UsageError(`${object} is a file: name it with -f`);
    }
    if (values.bucket.length > 0) throw new UsageError('--bucket is for files: name them with -f');
    const { explainObject } = await import('./object.ts');
    return explainObject(object, values, io);
  },
});

async function explainFiles(values: Values, io: Io): Promise<number> {
  const release = toRelease(values.hadoop, io);
  const sources = await readFiles(values.file, io);
  const read = readConfiguration({ sources, release, findIncluded: buildFindIncluded(io) });
  const answers = read.ok
    ? toAnswers(values, read.configuration, sources)
    : [{ hadoop: release.version, bucket: null, outcome: { kind: 'unreadable', ...read.fault } } as const];
  if (values.output === 'json') io.out(`${JSON.stringify(answers.length === 1 ? answers[0] : answers, null, 2)}\n`);
  else io.out(answers.map((answer) => toText(answer, painter(io))).join('\n'));
  return read.ok ? 0 : 1;
}

function toAnswers(
  { bucket: buckets }: Values,
  configuration: Parameters<typeof explain>[0],
  sources: Parameters<typeof findHazards>[0],
): ExplainAnswer[] {
  const hazards = findHazards(sources);
  const { version } = configuration.release;
  const asked = buckets.length === 0 ? [null] : buckets;
  return asked.map((bucket) => toAnswer(explain(configuration, bucket), hazards, version, bucket));
}

function toRelease(version: string, io: Io): Release {
  const release = findRelease(version);
  if (release === null)
    throw new UsageError(
      `--hadoop ${version}: name a release of Hadoop from 2.10 on, for example ${testedVersions.join(', ')}`,
    );
  if (isUnknownVersion(version)) {
    io.err(`sse-kms explain: Hadoop ${version} is newer than this program knows: read as ${newestVersion} reads\n`);
  }
  return release;
}
