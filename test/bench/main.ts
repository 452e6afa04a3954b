/**
 * `npm run bench`: what the whole plan costs beside fast-xml-parser alone, and whether documents built to be slow take
 * twice the time for twice the size. `npm run bench -- WORD` measures what has the word in its name. Where a target is
 * missed the exit code is 1. CORPUS may name a folder of real files.
 */
import { XMLParser } from 'fast-xml-parser';
import { plan } from '../../src/core/clients/s3a/plan.ts';
import { parserOptions } from '../../src/core/formats/xml/second-reader.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { manyRules, oneKey, outcomeOf } from './desired.ts';
import { type BenchDocument, loadCorpus, loadDocuments } from './documents.ts';
import { type Comparison, compare, type Effort } from './measure.ts';
import { millionElements, type Shape, shapes } from './shapes.ts';

const maxRatio = 2;
const maxGrowth = 2.5;
/** In characters: twice that is about what a ConfigMap holds. */
const size = 500_000;

/** Real core-site.xml files are seldom longer: 98 of 100 aren't. */
const usualLength = 20_000;

/** From here on one file fills a good part of the young generation. */
const largeLength = 100_000;
/** So long, in milliseconds, that each piece of work pays for collecting its own garbage, and not for the other's. */
const collecting = 250;

const parser = new XMLParser(parserOptions);
const word = process.argv[2] ?? '';
let missed = 0;

function compareWithParser(say: (state: string) => void): void {
  console.log(line('document', 'parser alone', 'whole plan', 'ratio', 'ratio again'));
  const documents = loadDocuments().filter(({ name }) => name.includes(word));
  const usual = documents.filter(({ text }) => text.length <= usualLength);
  for (const document of documents) {
    say(document.name);
    const larger = document.text.length > usualLength;
    compareFiles(`${document.name} (${kilobytes(document.text)})`, [document], larger);
  }
  if (usual.length > 1) compareFiles(`the first ${usual.length} together`, usual, true);
  if (process.env.CORPUS !== undefined && word === '') {
    const corpus = loadCorpus(process.env.CORPUS, (text) => plan(text, oneKey, 'core').kind === 'change');
    compareFiles(`the ${corpus.length} of CORPUS together`, corpus, true);
  }
  console.log(
    `at most ${maxRatio} is wanted of large files and of usual ones together; "again" is the plan of its own result,`,
  );
  console.log('which is what the second reader reads: where a file is small, our properties are most of it');
}

function compareFiles(title: string, documents: readonly BenchDocument[], judged: boolean): void {
  const texts = documents.map(({ text }) => text);
  const results = texts.map((text) => {
    const planned = plan(text, oneKey, 'core');
    if (planned.kind !== 'change') throw new Error(`${title}: ${planned.kind}`);
    return planned.result;
  });
  const length = Math.max(...texts.map((text) => text.length));
  const effort = length > largeLength ? { rounds: 9, slice: collecting } : { rounds: 25, slice: 20 };
  const [first, again] = [texts, results].map((files) =>
    compareTwice(
      () => files.map((text) => parser.parse(text)),
      () => files.map((text) => plan(text, oneKey, 'core')),
      effort,
    ),
  ) as [Comparison, Comparison];
  const ratios = [first, again].map(({ ratio }) => (judged ? judge(ratio, maxRatio) : ratio.toFixed(2)));
  console.log(line(title, toText(first.first), toText(first.second), ...ratios));
}

/** The first time until the compiler has done its work: the operator runs for weeks. */
function compareTwice(
  first: () => unknown,
  second: () => unknown,
  effort: Effort,
  before: Effort = { rounds: 50, slice: 20 },
): Comparison {
  compare(first, second, before);
  return compare(first, second, effort);
}

function compareGrowth(say: (state: string) => void): void {
  console.log(`\n${line('built to be slow', 'n', '2n', '2n / n')}`);
  const all: [Shape, number][] = [
    ...shapes.map((shape): [Shape, number] => [shape, size]),
    [millionElements, 2_000_000],
  ];
  for (const [shape, n] of all.filter(([{ name }]) => name.includes(word))) {
    say(shape.name);
    const [once, twice] = [shape.build(n), shape.build(2 * n)];
    if (outcomeOf(once) !== shape.outcome) throw new Error(`${shape.name} is ${outcomeOf(once)}, not ${shape.outcome}`);
    const planOf = (text: string) => () => plan(text, manyRules, 'core');
    const effort = { rounds: 7, slice: collecting };
    const { first, second, ratio } = compareTwice(planOf(once), planOf(twice), effort, {
      rounds: 1,
      slice: collecting,
    });
    console.log(line(shape.name, toText(first), toText(second), judge(ratio, maxGrowth)));
  }
  console.log(`n is ${size / 1000} kB, for a million elements 2000 kB; at most ${maxGrowth} is wanted`);
}

function judge(ratio: number, target: number): string {
  if (ratio > target) missed++;
  return `${ratio.toFixed(2)}${ratio > target ? ' missed' : ''}`;
}

function line(name: string, ...cells: readonly string[]): string {
  return name.padEnd(38) + cells.map((cell) => cell.padStart(14)).join('');
}

function toText(time: number): string {
  return `${time.toFixed(time < 10 ? 3 : 0)} ms`;
}

function kilobytes(text: string): string {
  const bytes = Buffer.byteLength(text);
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}

await withProgress(sayOnStderr, 'measuring', async (state) => {
  compareWithParser(state);
  compareGrowth(state);
});
console.log(missed === 0 ? '\nevery target is met' : `\n${missed} targets are missed`);
process.exitCode = missed === 0 ? 0 : 1;
