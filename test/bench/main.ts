/**
 * `npm run bench`: what the product costs, beside floors and rivals that are measured in the same run. `npm run bench -- --help`
 * says what can be chosen.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { readOptions } from '../run/command-line.ts';
import { admission } from './admission.ts';
import { withSection } from './page.ts';
import type { Part, PartOptions, Report } from './part.ts';
import { plan } from './plan.ts';
import { scale } from './scale.ts';
import { server } from './server.ts';

const parts: readonly Part[] = [plan, server, admission, scale];
const page = join(import.meta.dirname, '../../charts/sse-kms-operator/docs/performance.md');

const usage = `npm run bench -- [PART...] [OPTION...]
  PART            all where none is named:
    plan          reading and editing a file; 10 minutes. CORPUS may name a folder of real files
    server        a review, beside servers that allow everything; 2 minutes
    admission     a creation through API servers of their own, 0.4 GB each; 20 minutes
    scale         100,000 ConfigMaps; Linux, 6 GB, 20 minutes
  --rounds N      how many rounds are measured (server and admission 9, scale 5)
  --sizes N,N     of the files, in KB (admission; default 3,30,300)
  --only WORD     documents with this in their names (plan)
  --kyverno PROGRAM --kyverno-definitions FOLDER
                  measures Kyverno too (admission): its program, and config/crds of its sources
  --json          prints the figures as JSON
  --write         writes the tables into charts/sse-kms-operator/docs/performance.md
  --guard         fails where a figure is far from its target, and not where it is missed`;

interface Options extends PartOptions {
  readonly parts: readonly Part[];
  readonly json: boolean;
  readonly write: boolean;
  readonly guard: boolean;
}

function parse(words: readonly string[]): Options {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean', default: false }] as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      rounds: text,
      sizes: text,
      only: text,
      kyverno: text,
      'kyverno-definitions': text,
      json: flag,
      write: flag,
      guard: flag,
    },
  });
  const unknown = positionals.find((word) => !parts.some(({ name }) => name === word));
  if (unknown !== undefined) throw new RangeError(`there is no part ${unknown}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1))
    throw new RangeError(`--rounds ${values.rounds}: give a whole number, 1 or more`);
  const sizes = (values.sizes ?? '3,30,300').split(',').map(Number);
  if (sizes.some((kilobytes) => !(kilobytes >= 1 && kilobytes <= 400)))
    throw new RangeError(`--sizes ${values.sizes}: give sizes in KB from 1 to 400, separated by commas`);
  if (values.write && ((values.only ?? values.sizes) !== undefined || (rounds ?? 5) < 5))
    throw new RangeError(
      '--write wants whole measurements: leave out --only and --sizes, and measure 5 rounds or more',
    );
  const { kyverno: program, 'kyverno-definitions': definitions } = values;
  const missing = [program, definitions].find((path) => path !== undefined && !existsSync(path));
  if (missing !== undefined) throw new RangeError(`${missing} doesn't exist`);
  if ((program === undefined) !== (definitions === undefined))
    throw new RangeError('--kyverno and --kyverno-definitions go together');
  return {
    parts: positionals.length === 0 ? parts : parts.filter(({ name }) => positionals.includes(name)),
    rounds,
    sizes,
    only: values.only ?? '',
    kyverno: program === undefined || definitions === undefined ? undefined : { program, definitions },
    json: values.json,
    write: values.write,
    guard: values.guard,
  };
}

const options = readOptions(parse, usage);
const machine = `Measured ${new Date().toISOString().slice(0, 10)} on ${cpus().length} processors, with Node ${process.versions.node}.`;
const reports: (Report & { readonly name: string })[] = [];
for (const { name, inPage, measure } of options.parts) {
  const report = await withProgress(sayOnStderr, name, (say) => measure(options, say));
  reports.push({ name, ...report });
  if (!options.json) console.log([`\n${name}\n`, ...report.lines].join('\n'));
  // After each part: the next one may fail.
  if (options.write && inPage)
    writeFileSync(page, withSection(readFileSync(page, 'utf8'), name, [machine, '', ...report.lines]));
}
if (options.json) {
  const figures = reports.map(({ name, figures, missed }) => [name, { figures, missed }]);
  console.log(JSON.stringify(Object.fromEntries(figures), null, 2));
}
const failures = reports.flatMap(({ missed, regressed }) => (options.guard ? regressed : missed));
const met = options.guard ? 'no figure is far from its target' : 'every target is met';
console.error(failures.length === 0 ? `\n${met}` : `\nmissed:\n${failures.map((one) => `  ${one}`).join('\n')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
