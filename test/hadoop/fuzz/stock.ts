/**
 * The documents that mutations begin with: hand-made and real-looking ones, the plan's own cases, generated ones, and,
 * where CORPUS names a folder, real ones.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { documents } from '../../properties/documents.ts';
import { buildConstructs } from '../constructs.ts';
import type { Random } from './random.ts';

const shelves = [
  [4, '../documents/', '*.xml'],
  [4, '../../cases/', '**/{input,*-site}.xml'],
  [4, '../real-looking/', '*.xml'],
] as const;

/** So that no document takes the time of a hundred. */
const maxLength = 20_000;

const hostile = documents('hostile');
const tame = documents('tame');

/** Picks a document. The same choices give the same one as long as the folders hold the same files. */
export type Stock = (random: Random) => string;

/** @param corpus a folder of real documents, where there is one */
export function loadStock(corpus: string | undefined): Stock {
  const read = (folder: string, pattern: string): string[] =>
    globSync(pattern, { cwd: folder })
      .sort()
      .map((file) => decode(readFileSync(join(folder, file))));
  const constructs = buildConstructs().map(({ bytes }) => decode(bytes));
  const found = shelves.map(([weight, folder, pattern]) => {
    return [weight, read(fileURLToPath(new URL(folder, import.meta.url)), pattern)] as const;
  });
  const real = corpus === undefined ? [] : [[4, read(corpus, '*.xml')] as const];
  const stored = [...found, ...real, [2, constructs] as const].map(
    ([weight, texts]) => [weight, texts.filter(({ length }) => length <= maxLength)] as const,
  );
  return (random) => {
    if (random.chance(0.3)) return generate(random.chance(0.75) ? hostile : tame, random);
    return random.pick(random.pickWeighted(stored));
  };
}

function generate(arbitrary: fc.Arbitrary<string>, random: Random): string {
  const [text] = fc.sample(arbitrary, { seed: random.next() | 0, numRuns: 1 });
  if (text === undefined) throw new Error('nothing was generated');
  return text;
}

/** Whatever the bytes are: mutations work on text. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
