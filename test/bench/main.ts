/**
 * `npm run bench`: what the whole plan costs beside fast-xml-parser alone, and whether documents built to be slow take
 * twice the time for twice the size. `npm run bench -- WORD` measures what has the word in its name. Where a target is
 * missed the exit code is 1.
 */
import { XMLParser } from 'fast-xml-parser';
import { plan } from '../../src/core/plan.ts';
import { parserOptions } from '../../src/core/xml/second-reader.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { desired, outcomeOf } from './desired.ts';
import { loadDocuments } from './documents.ts';
import { compare, median } from './measure.ts';
import { millionElements, type Shape, shapes } from './shapes.ts';

const maxRatio = 2;
const maxGrowth = 2.5;
/** In characters: twice that is about what a ConfigMap holds. */
const size = 500_000;

const word = process.argv[2] ?? '';
let missed = 0;

function row(name: string, first: number, second: number, ratio: number, target: number): string {
  const verdict = ratio <= target ? '' : '  missed';
  if (verdict !== '') missed++;
  return `${name.padEnd(36)}${milliseconds(first)}${milliseconds(second)}${ratio.toFixed(2).padStart(8)}${verdict}`;
}

function milliseconds(time: number): string {
  return `${time.toFixed(time < 10 ? 3 : 0)} ms`.padStart(13);
}

function compareWithParser(say: (state: string) => void): void {
  const parser = new XMLParser(parserOptions);
  const ratios: number[] = [];
  console.log(
    `\n${'document'.padEnd(36)}${'parser alone'.padStart(13)}${'whole plan'.padStart(13)}${'ratio'.padStart(8)}`,
  );
  for (const { name, text } of loadDocuments().filter((document) => document.name.includes(word))) {
    say(name);
    const parse = () => parser.parse(text);
    const planIt = () => plan(text, desired, 'core');
    compare(parse, planIt, { rounds: 5, slice: 20 }); // until the compiler has done its work
    const { first, second, ratio } = compare(parse, planIt, { rounds: 25, slice: 20 });
    ratios.push(ratio);
    console.log(row(`${name} (${kilobytes(text)})`, first, second, ratio, maxRatio));
  }
  if (ratios.length > 0) console.log(`median ratio ${median(ratios).toFixed(2)}, target at most ${maxRatio}`);
}

function compareGrowth(say: (state: string) => void): void {
  console.log(`\n${'built to be slow'.padEnd(36)}${'n'.padStart(13)}${'2n'.padStart(13)}${'2n / n'.padStart(8)}`);
  const all: [Shape, number][] = [
    ...shapes.map((shape): [Shape, number] => [shape, size]),
    [millionElements, 2_000_000],
  ];
  for (const [shape, n] of all.filter(([{ name }]) => name.includes(word))) {
    say(shape.name);
    const [once, twice] = [shape.build(n), shape.build(2 * n)];
    if (outcomeOf(once) !== shape.outcome) throw new Error(`${shape.name} is ${outcomeOf(once)}, not ${shape.outcome}`);
    const planOf = (text: string) => () => plan(text, desired, 'core');
    const { first, second, ratio } = compare(planOf(once), planOf(twice), { rounds: 7, slice: 5 });
    console.log(row(shape.name, first, second, ratio, maxGrowth));
  }
  console.log(`target at most ${maxGrowth}; n is ${kilobytes(' '.repeat(size))}, for a million elements 2000 kB`);
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
