/**
 * `explain` against Hadoop's own jars: on every document of the judges' corpora, alone and before or behind another file,
 * and on documents that were changed in any way, both say the same of every bucket.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfiguration } from '../../../src/core/explain/explain.ts';
import type { ConfigurationSource } from '../../../src/core/explain/occurrence.ts';
import type { Included } from '../../../src/core/explain/read-hadoop.ts';
import { findRelease } from '../../../src/core/explain/version.ts';
import { describeWith } from '../../run/needs.ts';
import { loadSubjects } from '../documents.ts';
import { decode } from '../fuzz/plan-file.ts';
import { type Folder, openFolder } from '../fuzz/round.ts';
import { loadStock } from '../fuzz/stock.ts';
import { buildSubject } from '../fuzz/subject.ts';
import { hadoopVersions } from '../jars.ts';
import { type Judge, startJudge } from '../judge.ts';
import { compareReading, describe, startTally, type Tally } from './compare.ts';

/** Those that the corpora's documents have settings for; the last has none anywhere. */
const buckets = ['b1', 'b2', 'my.bucket', 'ledger', 'partner-drop', 'logs.example.com', 'b1.fs.s3a', 'any-bucket'];
const asked = buckets.map((name) => [name, name === 'any-bucket' ? null : name] as const);
const seed = 16_003;
const minutes = 60_000;
/** Questions that wait in a JVM's pipe. */
const slice = 400;

interface Document {
  readonly name: string;
  /** In the order of loading. */
  readonly files: readonly Uint8Array[];
}

describeWith(['java', 'maven'], 'explain', () => {
  let folder: Folder;
  const judges: Judge[] = [];
  beforeAll(async () => {
    folder = await openFolder();
    for (const version of hadoopVersions) judges.push(await startJudge(version, folder.folder));
  });
  afterAll(async () => {
    await Promise.all(judges.map((judge) => judge.stop()));
    await folder.remove();
  });

  async function compareAll(documents: readonly Document[]): Promise<Tally> {
    const tally = startTally();
    for (let at = 0; at < documents.length; at += slice) {
      const part = documents.slice(at, at + slice);
      const paths = await Promise.all(part.map(({ files }) => Promise.all(files.map((bytes) => folder.write(bytes)))));
      await Promise.all(judges.map((judge) => compare(judge, part, paths, tally)));
    }
    console.log(describe(tally));
    return tally;
  }

  it('agrees with every version on every document of the corpora', { timeout: 20 * minutes }, async () => {
    const documents = loadSubjects().map(({ name, bytes }) => ({ name, files: [bytes] }));
    const tally = await compareAll(documents);
    expect(tally.disagreements).toEqual([]);
    expect(tally.readings).toBe(documents.length * hadoopVersions.length * buckets.length);
    expect(tally.agreed).toBeGreaterThan(tally.readings / 2);
  });

  it('agrees on two files that are loaded one after the other', { timeout: 20 * minutes }, async () => {
    const subjects = loadSubjects();
    const hostile = subjects.filter(({ name }) => name.startsWith('attempts/'));
    const documents = subjects.flatMap((first, index) => {
      const second = hostile[index % hostile.length] ?? first;
      const name = `${first.name} and ${second.name}`;
      return [
        { name, files: [first.bytes, second.bytes] },
        { name: `${name}, the other way round`, files: [second.bytes, first.bytes] },
      ];
    });
    const tally = await compareAll(documents);
    expect(tally.disagreements).toEqual([]);
    expect(tally.agreed).toBeGreaterThan(tally.readings / 4);
  });

  it('agrees on documents that were changed in any way', { timeout: 30 * minutes }, async () => {
    const stock = loadStock(process.env.CORPUS);
    const documents = Array.from({ length: 10_000 }, (_, index) => {
      const { bytes, later } = buildSubject(seed, index, stock);
      const files = index % 3 === 0 ? [bytes, Buffer.from(later)] : [bytes];
      return { name: `changed ${index}`, files };
    });
    const tally = await compareAll(documents);
    expect(tally.disagreements).toEqual([]);
    expect(tally.agreed).toBeGreaterThan(tally.readings / 4);
  });
});

async function compare(
  judge: Judge,
  documents: readonly Document[],
  paths: readonly (readonly string[])[],
  tally: Tally,
): Promise<void> {
  const release = findRelease(judge.version);
  if (release === null) throw new Error(`${judge.version} is not known`);
  const verdicts = await judge.judge(paths.map((files) => ({ modes: ['plain'], buckets, files })));
  for (const [index, { name, files }] of documents.entries()) {
    const texts = files.map((bytes) => decode(bytes));
    const sources = texts.map(
      (text, at): ConfigurationSource => ({ name: paths[index]?.[at] ?? '', format: 'hadoop', text: text ?? '' }),
    );
    const isText = texts.every((text) => text !== null);
    const read = isText ? readConfiguration({ sources, release, findIncluded }) : null;
    const outcome =
      read === null ? { ok: false as const, forHadoop: false } : read.ok ? read : { ok: false as const, ...read.fault };
    const plain = verdicts[index]?.plain;
    if (plain === undefined) throw new Error('no verdict');
    compareReading(tally, { document: name, version: judge.version }, outcome, asked, plain);
  }
}

/** As Hadoop finds it here: beside the file that includes it. */
function findIncluded(href: string, from: string): Included {
  if (/^[a-z]+:/i.test(href)) return 'unknown';
  const name = join(dirname(from), href);
  const text = readText(name);
  if (text === undefined) return 'missing';
  return text === null || basename(name) === '' ? 'unknown' : { name, text };
}

function readText(path: string): string | null | undefined {
  try {
    return decode(readFileSync(path));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : null;
  }
}
