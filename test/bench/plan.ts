/**
 * What the whole plan costs beside fast-xml-parser alone, and whether documents built to be slow take twice the time for twice the
 * size. CORPUS may name a folder of real files.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { XMLParser } from 'fast-xml-parser';
import { alone } from '../../src/core/clients/s3a/other-stores.ts';
import { plan as planXml } from '../../src/core/clients/s3a/plan.ts';
import { planSpark } from '../../src/core/clients/spark/plan.ts';
import { readAgain } from '../../src/core/formats/properties/read-again.ts';
import { parserOptions } from '../../src/core/formats/xml/second-reader.ts';
import { toProperties } from './creation.ts';
import { manyRules, oneKey, outcomeOf } from './desired.ts';
import { type BenchDocument, loadCorpus, loadDocuments } from './documents.ts';
import { type Comparison, compare, type Effort } from './measure.ts';
import { type Part, toTable } from './part.ts';
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
const corpusFolder = process.env.CORPUS;

export const plan: Part = {
  name: 'plan',
  inPage: true,
  async measure({ only }, sayOnly) {
    const say = async (state: string) => {
      sayOnly(state);
      await nextTurn(); // in which it is shown
    };
    const files = await compareWithParser(only, say);
    const properties = await compareProperties(only, say);
    const growths = await compareGrowth(only, say);
    const missed = [
      ...files
        .filter(({ judged, first, again }) => judged && Math.max(first.ratio, again.ratio) > maxRatio)
        .map(
          ({ title, first, again }) => `${title}: ${show(first.ratio)} and ${show(again.ratio)}, at most ${maxRatio}`,
        ),
      ...growths
        .filter(({ growth }) => growth.ratio > maxGrowth)
        .map(({ name, growth }) => `${name}: ${show(growth.ratio)} for twice the size, at most ${maxGrowth}`),
    ];
    const lines = [
      ...toTable(
        ['document', 'fast-xml-parser alone, ms', 'whole plan, ms', 'ratio', 'plan of its own result: ratio'],
        files.map(({ title, first, again }) => [
          title,
          first.first.toFixed(3),
          first.second.toFixed(3),
          show(first.ratio),
          show(again.ratio),
        ]),
      ),
      '',
      ...toTable(
        ["Spark's properties", 'one of the two readers alone, ms', 'whole plan, ms', 'ratio'],
        properties.map(({ title, first, second, ratio }) => [title, first.toFixed(3), second.toFixed(3), show(ratio)]),
      ),
      '',
      ...toTable(
        [`built to be slow, ${size / 1000} kB`, 'ms', 'twice as long, ms', 'ratio'],
        growths.map(({ name, growth }) => [
          name,
          growth.first.toFixed(0),
          growth.second.toFixed(0),
          show(growth.ratio),
        ]),
      ),
    ];
    // Two times the target: a machine that does other work measures no finer.
    const regressed = growths
      .filter(({ growth }) => growth.ratio > 2 * maxGrowth)
      .map(({ name }) => `${name} grows too fast`);
    return { lines, figures: { files, properties, growths }, missed, regressed };
  },
};

const show = (ratio: number) => ratio.toFixed(2);

async function compareWithParser(only: string, say: (state: string) => Promise<void>) {
  const documents = loadDocuments().filter(({ name }) => name.includes(only));
  const usual = documents.filter(({ text }) => text.length <= usualLength);
  const compared: ReturnType<typeof compareFiles>[] = [];
  for (const document of documents) {
    await say(document.name);
    const larger = document.text.length > usualLength;
    compared.push(compareFiles(`${document.name} (${kilobytes(document.text)})`, [document], larger));
  }
  if (usual.length > 1) compared.push(compareFiles(`the first ${usual.length} together`, usual, true));
  if (corpusFolder !== undefined && only === '') {
    const corpus = loadCorpus(corpusFolder, (text) => planXml(text, oneKey, 'core').kind === 'change');
    compared.push(compareFiles(`the ${corpus.length} of CORPUS together`, corpus, true));
  }
  return compared;
}

/** `judged`: a target is wanted of it. Where a file is small, our properties are most of its result. */
function compareFiles(title: string, documents: readonly BenchDocument[], judged: boolean) {
  const texts = documents.map(({ text }) => text);
  const results = texts.map((text) => {
    const planned = planXml(text, oneKey, 'core');
    if (planned.kind !== 'change') throw new Error(`${title}: ${planned.kind}`);
    return planned.result;
  });
  const length = Math.max(...texts.map((text) => text.length));
  const effort = length > largeLength ? { rounds: 9, slice: collecting } : { rounds: 25, slice: 20 };
  const [first, again] = [texts, results].map((files) =>
    compareTwice(
      () => files.map((text) => parser.parse(text)),
      () => files.map((text) => planXml(text, oneKey, 'core')),
      effort,
    ),
  ) as [Comparison, Comparison];
  return { title, judged, first, again };
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

async function compareProperties(only: string, say: (state: string) => Promise<void>) {
  const documents = [3, 30, 300]
    .map((kb) => ({ title: `spark-defaults.conf, ${kb} KB`, text: toProperties(0, kb) }))
    .filter(({ title }) => title.includes(only));
  const compared: ({ readonly title: string } & Comparison)[] = [];
  for (const { title, text } of documents) {
    await say(title);
    const spark = () => planSpark(text, oneKey, alone, 'write');
    if (spark().kind !== 'change') throw new Error(`${title}: ${spark().kind}`);
    compared.push({ title, ...compareTwice(() => readAgain(text), spark, { rounds: 15, slice: 50 }) });
  }
  return compared;
}

async function compareGrowth(only: string, say: (state: string) => Promise<void>) {
  const all: [Shape, number][] = [
    ...shapes.map((shape): [Shape, number] => [shape, size]),
    [millionElements, 2_000_000],
  ];
  const wanted = all.filter(([{ name }]) => name.includes(only));
  const compared: { readonly name: string; readonly growth: Comparison }[] = [];
  for (const [shape, n] of wanted) {
    await say(shape.name);
    const [once, twice] = [shape.build(n), shape.build(2 * n)];
    if (outcomeOf(once) !== shape.outcome) throw new Error(`${shape.name} is ${outcomeOf(once)}, not ${shape.outcome}`);
    const planOf = (text: string) => () => planXml(text, manyRules, 'core');
    const before = { rounds: 1, slice: collecting };
    const growth = compareTwice(planOf(once), planOf(twice), { rounds: 7, slice: collecting }, before);
    compared.push({ name: shape.name, growth });
  }
  return compared;
}

function kilobytes(text: string): string {
  const bytes = Buffer.byteLength(text);
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
